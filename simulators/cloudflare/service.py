"""The simulated service: who may call, which fault a call meets, what came of each call."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulators.cloudflare import routes
from simulators.cloudflare.account import Account
from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.exposure import Protection, exposures
from simulators.cloudflare.faults import Fault
from simulators.cloudflare.refusal import Refusal
from simulators.cloudflare.scopes import ALL, needed
from simulators.reply import DROPPED, Reply, Request

TOKEN = "simulated-token-of-nobody-0123456789-abcd"  # noqa: S105 - opens nothing but a simulator
READING = "GET"


@dataclass(frozen=True, slots=True)
class Entry:
    """One call, and what somebody without a login reached after it."""

    method: str
    path: str
    status: int
    exposed: Mapping[str, Protection]


@dataclass
class Service:
    """One account behind tokens, each with its scopes. `ledger`: a file that every call is appended to."""

    account: Account = field(default_factory=Account)
    tokens: dict[str, frozenset[str]] = field(default_factory=lambda: {TOKEN: ALL})
    faults: list[Fault] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    ledger: Path | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    edge: Edge | None = None
    """The data plane of the account, where that runs."""

    def answer(self, request: Request) -> Reply:
        """What one call is answered. Calls are carried out one after the other."""
        with self.lock:
            fault = next((one for one in self.faults if one.meets(request.method, request.path)), None)
            reply = self._answered(request) if fault is None else self._faulty(fault, request)
            self._enter(Entry(request.method, request.path, reply.status, exposures(self.account)))
            return reply

    def _answered(self, request: Request) -> Reply:
        try:
            if request.token not in self.tokens:
                raise Refusal(401, 1000, "Invalid API Token")
            if request.path.strip("/") == "user/tokens/verify":
                return _envelope({"id": "token", "status": "active"})
            if needed(routes.kind_of(request.path)) not in self.tokens[request.token]:
                raise Refusal(403, 10000, "Authentication error")
            return _envelope(routes.result(self.account, request.method, request.path, request.body))
        except Refusal as refusal:
            return refused(refusal)

    def _faulty(self, fault: Fault, request: Request) -> Reply:
        if fault.kind in ("error_after", "lost"):
            self._answered(request)
        if fault.kind in ("drop", "lost"):
            return DROPPED
        headers = {"x-should-retry": str(fault.retried).lower(), "Retry-After-Ms": "1"}
        if fault.html:
            return Reply(fault.status, b"<html>502 Bad Gateway</html>", {"Content-Type": "text/html", **headers})
        return refused(Refusal(fault.status, fault.code, fault.message), headers)

    def _enter(self, entry: Entry) -> None:
        self.entries.append(entry)
        if self.ledger is not None:
            told = {"method": entry.method, "path": entry.path, "status": entry.status, "exposed": dict(entry.exposed)}
            with self.ledger.open("a", encoding="utf-8") as file:
                file.write(json.dumps(told) + "\n")


def refused(refusal: Refusal, headers: Mapping[str, str] | None = None) -> Reply:
    """The envelope of an error. Conflicts are not worth the minutes that clients would retry them."""
    content = {"success": False, "errors": [{"code": refusal.code, "message": refusal.message}], "messages": [],
               "result": None}  # fmt: skip
    return Reply.json(content, refusal.status, headers or {})


def _envelope(result: Any) -> Reply:
    content: dict[str, Any] = {"success": True, "errors": [], "messages": [], "result": result}
    if isinstance(result, list):
        count = len(result)
        content["result_info"] = {"page": 1, "per_page": max(count, 20), "count": count, "total_count": count,
                                  "total_pages": 1}  # fmt: skip
    return Reply.json(content)
