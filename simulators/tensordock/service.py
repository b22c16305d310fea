"""The simulated service: who may call, how often, which fault a call meets, and what has been called."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.reply import DROPPED, Reply, Request
from simulators.tensordock import routes
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SECOND
from simulators.tensordock.faults import Fault
from simulators.tensordock.transitions import settle

TOKEN = "simulated-token-of-nobody"  # noqa: S105 - opens nothing but a simulator


@dataclass(frozen=True, slots=True)
class Call:
    """One call that arrived, and when (microseconds)."""

    method: str
    path: str
    at: int


def keep_nothing(_service: "Service") -> None:
    """The default: the account ends with its process."""


@dataclass
class Service:
    """One account behind one token. Calls are carried out one after the other.

    `keep` is called with `lock` held when something may have changed, before the answer leaves.
    """

    account: Account
    token: str = TOKEN
    faults: list[Fault] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    late: list[tuple[int, Request]] = field(default_factory=list)
    folder: str = ""
    """Where it is kept; by that a caller knows that it has reached the right account."""
    keep: Callable[["Service"], None] = keep_nothing
    lock: threading.RLock = field(default_factory=threading.RLock, init=False)

    def answer(self, request: Request) -> Reply:
        """What one call is answered."""
        with self.lock:
            self._settle()
            self.calls.append(Call(request.method, request.path, self.account.clock.now))
            reply = self._refused(request) or self._answered(request)
            self.keep(self)
            return reply

    def settle(self) -> None:
        """Brings the account to the present: late effects first, then what machines do by themselves."""
        with self.lock:
            self._settle()
            self.keep(self)

    def _settle(self) -> None:
        now = self.account.clock.now
        due = [each for each in self.late if each[0] <= now]
        self.late = [each for each in self.late if each[0] > now]
        for _, request in due:
            routes.answer(self.account, request)
        settle(self.account)

    def _answered(self, request: Request) -> Reply:
        fault = next((each for each in self.faults if each.meets(request.method, request.path)), None)
        return routes.answer(self.account, request) if fault is None else self._faulty(fault, request)

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
                self.late.append((self.account.clock.now + round(fault.seconds * SECOND), request))
                return DROPPED
        done = routes.answer(self.account, request)
        if fault.kind == "slow":
            return Reply(done.status, done.body, done.headers, seconds=fault.seconds)
        return DROPPED if fault.kind == "lost" else fault.reply()
