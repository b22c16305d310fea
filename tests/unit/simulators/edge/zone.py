"""A simulated account that tests fill by calls to its API, and its edge without listeners."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from simulators.cloudflare.account import ACCOUNT, ZONE
from simulators.cloudflare.edge.asked import Asked, Passed
from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.edge.gate import judged
from simulators.cloudflare.edge.keys import KeyRing
from simulators.cloudflare.service import TOKEN, Service
from simulators.reply import Reply, Request

OWNER = {"email": {"email": "owner@dev.test"}}
KEYS = KeyRing()
"""Making one takes a tenth of a second; tests that rotate make their own."""


class Zone:
    """The account behind a service, and the documents that a public name needs."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The result; raises for an error, with what the API said."""
        parent = f"zones/{ZONE}" if path.startswith(("dns", "rulesets")) else f"accounts/{ACCOUNT}"
        told = json.loads(self.service.answer(Request(method, f"/{parent}/{path}", TOKEN, body)).body)
        if not told["success"]:
            raise AssertionError(told["errors"])
        return told["result"]

    def tunnel(self, name: str = "one") -> str:
        return str(self.call("POST", "cfd_tunnel", {"name": name, "config_src": "cloudflare"})["id"])

    def route(self, tunnel: str, *rules: dict[str, Any]) -> None:
        ingress = [*rules, {"service": "http_status:404"}]
        self.call("PUT", f"cfd_tunnel/{tunnel}/configurations", {"config": {"ingress": ingress}})

    def lead(self, name: str, tunnel: str) -> None:
        content = f"{tunnel}.cfargotunnel.com"
        record = {"name": name, "type": "CNAME", "ttl": 1, "proxied": True, "content": content}
        self.call("POST", "dns_records", record)

    def policy(self, *include: dict[str, Any], decision: str = "allow", **more: Any) -> str:
        body = {"name": "p", "decision": decision, "include": list(include), **more}
        return str(self.call("POST", "access/policies", body)["id"])

    def login(self, name: str, *policies: str, **more: Any) -> dict[str, Any]:
        """An application of these policies; for the owner if none is given."""
        order = [{"id": each, "precedence": number} for number, each in enumerate(policies or [self.policy(OWNER)], 1)]
        body = {"name": name, "domain": name, "type": "self_hosted", "policies": order, **more}
        return dict(self.call("POST", "access/apps", body))

    def key(self, **body: Any) -> dict[str, Any]:
        return dict(self.call("POST", "access/service_tokens", {"name": "ci", **body}))

    def ruleset(self, phase: str, expression: str, **more: Any) -> None:
        rule = {"ref": "r", "action": "block", "expression": expression, **more}
        self.call("POST", "rulesets", {"kind": "zone", "name": phase, "phase": phase, "rules": [rule]})


class Visits:
    """Requests to the edge as its listener hands them on, and the clock that it goes by."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge

    def ask(self, url: str, method: str = "GET", address: str = "192.0.2.7", **more: Any) -> Reply | Passed:
        parts = urlsplit(url)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        return judged(self.edge, Asked(method, parts.netloc, target, address, **more))

    def reply(self, url: str, method: str = "GET", **more: Any) -> Reply:
        answer = self.ask(url, method, **more)
        assert isinstance(answer, Reply), answer
        return answer

    def passed(self, url: str, method: str = "GET", **more: Any) -> Passed:
        answer = self.ask(url, method, **more)
        assert isinstance(answer, Passed), answer
        return answer

    def pin(self) -> str:
        return self.edge.mailbox.mails[-1].pin

    def log_in(self, url: str, email: str = "owner@dev.test") -> str:
        """The cookie of a session."""
        page = self.reply(url).headers["Location"]
        self.reply(page, "POST", form={"email": email})
        back = self.reply(page, "POST", form={"email": email, "code": self.pin()}).headers["Location"]
        return cookie(self.reply(back))


def cookie(reply: Reply) -> str:
    return reply.headers["Set-Cookie"].partition(";")[0]


def parameter(reply: Reply, name: str) -> str:
    return parse_qs(urlsplit(reply.headers["Location"]).query)[name][0]
