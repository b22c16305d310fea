"""The simulated Cloudflare account refuses what the real one refuses, and tells what is open."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulators.cloudflare.account import ACCOUNT, ZONE
from simulators.cloudflare.faults import Fault
from simulators.cloudflare.scopes import ALL
from simulators.cloudflare.service import TOKEN, Service
from simulators.reply import Request

RECORD = {"name": "chat.dev.test", "type": "CNAME", "ttl": 1, "proxied": True, "content": "x.cfargotunnel.com"}


@pytest.fixture
def service() -> Service:
    return Service()


def call(service: Service, method: str, path: str, body: Any = None, token: str = TOKEN) -> Any:
    """The result; of an error its status and code."""
    parent = f"zones/{ZONE}" if path.startswith(("dns", "rulesets")) else f"accounts/{ACCOUNT}"
    reply = service.answer(Request(method, f"/{parent}/{path}", token, body))
    told = json.loads(reply.body)
    return told["result"] if told["success"] else (reply.status, told["errors"][0]["code"])


def tunnel(service: Service, name: str = "one") -> str:
    return str(call(service, "POST", "cfd_tunnel", {"name": name, "config_src": "cloudflare"})["id"])


def route(service: Service, identifier: str, *hostnames: str) -> Any:
    rules = [{"hostname": name, "service": "http://web:80"} for name in hostnames]
    body = {"config": {"ingress": [*rules, {"service": "http_status:404"}]}}
    return call(service, "PUT", f"cfd_tunnel/{identifier}/configurations", body)


def test_a_tunnel_s_name_is_taken_and_it_goes_only_without_connections(service: Service) -> None:
    identifier = tunnel(service)
    assert call(service, "POST", "cfd_tunnel", {"name": "one"}) == (409, 1013)
    service.account.connectors[identifier] = {"a": {"id": "a"}}
    assert call(service, "DELETE", f"cfd_tunnel/{identifier}") == (400, 1022)
    call(service, "DELETE", f"cfd_tunnel/{identifier}/connections")
    assert call(service, "DELETE", f"cfd_tunnel/{identifier}")["id"] == identifier
    assert call(service, "GET", f"cfd_tunnel/{identifier}") == (404, 1003)


def test_routing_ends_with_a_rule_for_everything_else(service: Service) -> None:
    identifier = tunnel(service)
    for rules in ([], [{"hostname": "a.dev.test", "service": "http://web:80"}], [{"service": "http_status:404"}] * 2):
        body = {"config": {"ingress": rules}}
        assert call(service, "PUT", f"cfd_tunnel/{identifier}/configurations", body) == (400, 1056)
    assert route(service, identifier, "a.dev.test")["version"] == 1


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (RECORD, 81058),
        ({**RECORD, "content": "y.cfargotunnel.com"}, 81057),
        ({**RECORD, "type": "A", "content": "192.0.2.1"}, 81054),
        ({**RECORD, "name": "other", "ttl": 300}, 10001),
        ({**RECORD, "name": "other", "type": "WHAT"}, 9004),
    ],
)
def test_records_that_contradict_are_refused(service: Service, second: dict[str, Any], code: int) -> None:
    assert call(service, "POST", "dns_records", RECORD)["name"] == "chat.dev.test"
    assert call(service, "POST", "dns_records", second) == (400, code)


def test_logins_name_policies_that_exist_in_an_order_from_one(service: Service) -> None:
    policy = call(service, "POST", "access/policies", {"name": "p", "decision": "allow",
                                                       "include": [{"email": {"email": "a@dev.test"}}]})  # fmt: skip
    app = {"name": "chat", "domain": "chat.dev.test", "type": "self_hosted"}
    for place in ({"id": policy["id"], "precedence": 0}, {"id": "nothing", "precedence": 1}):
        assert call(service, "POST", "access/apps", {**app, "policies": [place]})[0] in (400, 404)
    good = {**app, "policies": [{"id": policy["id"], "precedence": 1}]}
    assert len(call(service, "POST", "access/apps", good)["aud"]) == 64
    assert call(service, "POST", "access/apps", good)[0] == 409
    assert call(service, "POST", "access/apps", {**good, "domain": "chat.elsewhere.test"}) == (400, 12130)
    assert call(service, "DELETE", f"access/policies/{policy['id']}")[0] == 409


def test_a_key_s_secret_is_told_once_and_rotated_with_a_time_for_the_old_one(service: Service) -> None:
    made = call(service, "POST", "access/service_tokens", {"name": "ci"})
    path = f"access/service_tokens/{made['id']}"
    assert "client_secret" not in call(service, "GET", path)
    assert call(service, "PUT", path, {"client_secret_version": 2}) == (400, 12130)
    until = {"client_secret_version": 2, "previous_client_secret_expires_at": "2026-12-01T00:00:00Z"}
    assert call(service, "PUT", path, until)["client_secret"] != made["client_secret"]


def test_a_zone_has_one_ruleset_a_phase_and_rules_keep_their_identity(service: Service) -> None:
    rule = {"ref": "a", "action": "block", "expression": '(http.host eq "a.dev.test")',
            "ratelimit": {"characteristics": ["cf.colo.id"], "period": 60, "requests_per_period": 5}}  # fmt: skip
    ruleset = {"kind": "zone", "name": "ours", "phase": "http_ratelimit", "rules": [rule]}
    made = call(service, "POST", "rulesets", ruleset)
    assert call(service, "POST", "rulesets", ruleset) == (400, 20217)
    limit: dict[str, Any] = rule["ratelimit"]  # type: ignore[assignment]
    for broken in ({**limit, "characteristics": ["ip.src"]}, {**limit, "period": 7}):
        body = {**ruleset, "rules": [{**rule, "ratelimit": broken}]}
        assert call(service, "PUT", f"rulesets/{made['id']}", body) == (400, 10001)
    again = call(service, "PUT", f"rulesets/{made['id']}", {**ruleset, "rules": [{**rule, "ref": "b"}, rule]})
    assert again["rules"][1]["id"] == made["rules"][0]["id"]


def test_what_is_open_is_told_after_each_call(service: Service) -> None:
    identifier = tunnel(service)
    call(service, "POST", "dns_records", {**RECORD, "content": f"{identifier}.cfargotunnel.com"})
    assert service.entries[-1].exposed == {}
    route(service, identifier, "chat.dev.test")
    assert service.entries[-1].exposed == {"chat.dev.test": "none"}
    policy = call(service, "POST", "access/policies", {"name": "p", "decision": "allow", "include": [{"everyone": {}}]})
    call(service, "POST", "access/apps", {"name": "c", "domain": "chat.dev.test", "type": "self_hosted",
                                          "policies": [{"id": policy["id"], "precedence": 1}]})  # fmt: skip
    assert service.entries[-1].exposed == {"chat.dev.test": "login"}


def test_tokens_have_scopes_and_calls_meet_faults(service: Service) -> None:
    assert call(service, "GET", "dns_records", token="unknown") == (401, 1000)
    service.tokens["half"] = ALL - {"DNS: Edit"}
    assert call(service, "GET", "dns_records", token="half") == (403, 10000)
    service.faults = [Fault(kind="error_after", method="POST", status=502, code=7)]
    assert call(service, "POST", "cfd_tunnel", {"name": "one"}) == (502, 7)
    assert [one["name"] for one in call(service, "GET", "cfd_tunnel")] == ["one"]


KINDS = ("dns_records", "cfd_tunnel", "access/apps", "access/policies", "access/service_tokens", "rulesets")
SHAPES: list[Any] = [
    None, [], "x", 5, {}, {"name": 5}, {"name": None, "type": None, "ttl": None}, {"policies": "x"},
    {"type": "self_hosted", "domain": "a.dev.test", "policies": "x"}, {"type": "self_hosted", "domain": 5},
    {"decision": "allow", "include": "x"}, {"decision": "allow", "include": [5]},
    {"phase": "http_ratelimit", "kind": "zone", "rules": "x"},
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_of_another_shape_is_refused_and_leaves_nothing(service: Service, kind: str) -> None:
    for body in SHAPES:
        told = call(service, "POST", kind, body)
        assert isinstance(told, tuple) and told[0] in (400, 404), body
    assert call(service, "GET", kind) == []
