"""The simulated service: who may call, how often, which fault a call meets, and what has been called."""

import threading
from dataclasses import dataclass, field

from simulators.tensordock import routes
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SECOND
from simulators.tensordock.faults import Fault
from simulators.tensordock.reply import DROPPED, Reply, Request
from simulators.tensordock.transitions import settle

TOKEN = "simulated-token-of-nobody"  # noqa: S105 - opens nothing but a simulator


@dataclass(frozen=True, slots=True)
class Call:
    """One call that arrived, and when (microseconds)."""

    method: str
    path: str
    at: int


@dataclass
class Service:
    """One account behind one token. Calls are carried out one after the other."""

    account: Account
    token: str = TOKEN
    faults: list[Fault] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    _late: list[tuple[int, Request]] = field(default_factory=list, init=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False)

    def answer(self, request: Request) -> Reply:
        """What one call is answered."""
        with self._lock:
            self.settle()
            self.calls.append(Call(request.method, request.path, self.account.clock.now))
            if refused := self._refused(request):
                return refused
            fault = next((each for each in self.faults if each.meets(request.method, request.path)), None)
            return routes.answer(self.account, request) if fault is None else self._faulty(fault, request)

    def settle(self) -> None:
        """Brings the account to the present: late effects first, then what machines do by themselves."""
        with self._lock:
            now = self.account.clock.now
            due = [each for each in self._late if each[0] <= now]
            self._late = [each for each in self._late if each[0] > now]
            for _, request in due:
                routes.answer(self.account, request)
            settle(self.account)

    def _refused(self, request: Request) -> Reply | None:
        if request.token != self.token and request.path != "/locations":
            return Reply.json({"error": "Unauthorized"}, 401)
        limit, now = self.account.behaviour.calls_per_minute, self.account.clock.now
        recent = [call for call in self.calls[-(limit or 0) - 1 :] if now - call.at < 60 * SECOND]
        if limit is None or len(recent) <= limit:
            return None
        wait = str((recent[0].at + 60 * SECOND - now) // SECOND + 1)
        named = {"Retry-After": wait} if self.account.behaviour.names_retry_after else {}
        return Reply.json({"error": "Too many requests"}, 429, named)

    def _faulty(self, fault: Fault, request: Request) -> Reply:
        match fault.kind:
            case "error":
                return fault.reply()
            case "drop":
                return DROPPED
            case "late":
                self._late.append((self.account.clock.now + round(fault.seconds * SECOND), request))
                return DROPPED
        done = routes.answer(self.account, request)
        if fault.kind == "slow":
            return Reply(done.status, done.body, done.headers, seconds=fault.seconds)
        return DROPPED if fault.kind == "lost" else fault.reply()
