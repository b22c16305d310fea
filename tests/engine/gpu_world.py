"""A rented machine, its stack, its account and a reaper, all in one process whose time only tests move.

Everything that leaves the process counts as an external call: those to the account, and what the reaper's hands do.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from operations.failure import Failure
from operations.gpu.account import TensorDockAccount
from operations.gpu.alerts.alert import Alert
from operations.gpu.listing import listed
from operations.gpu.machines import OurMachine
from operations.gpu.reaper.facts import Activity, Limits, Unread
from operations.gpu.reaper.hands import Told
from operations.gpu.reaper.one_machine import Done
from operations.gpu.reaper.stack_pass import StackPass
from operations.gpu.remembered import Moment, Watches
from operations.gpu.small_file import SmallFile
from operations.gpu.spend.bookkeeper import Bookkeeper
from operations.gpu.spend.books import Books
from operations.gpu.spend.ledger import SpendLedger
from operations.gpu.spend.summing import cost, latest
from operations.gpu.sweep.decision import Rules
from operations.gpu.sweep.sweeping import Sweep, Swept
from providers.common.secrets import plain
from providers.tensordock.plugin.account import Account as ProviderAccount
from providers.tensordock.plugin.account import Surroundings
from settings.budget import Budget
from simulators.reply import Reply, Request
from simulators.tensordock.clock import SECOND
from simulators.tensordock.in_process import URL, WaitingAdvances, session
from simulators.tensordock.ledger import total
from simulators.tensordock.service import TOKEN
from tests.engine.plugin_process import PartialCreation, Refusal
from tests.engine.tensordock_rig import Killed, Rig

STACK = "dev-inference"
PRICE = 349_000
"""Micro-dollars an hour of the rig's machine when it runs."""


class World:
    """`idle_minutes` and `stopped_days` are the limits; `budget` what may be spent. `jump`: how far the reaper's own
    wall clock is off, seconds; `life` changes when its machine restarts."""

    def __init__(self, folder: Path, budget: Budget | None = None) -> None:
        self.folder = folder
        self.rig = Rig(folder)
        self.rig.watch = self._watched
        self.budget = budget
        self.limits = Limits(idle_minutes=30, stopped_days=7)
        self.used_at = self.seconds
        self.silent = False
        self.life, self.jump = "first", 0.0
        self.kill: tuple[int, bool] | None = None
        self.calls: list[str] = []
        self.alerts: list[Alert] = []

    @property
    def seconds(self) -> float:
        """The world's time."""
        return self.rig.account.clock.now / SECOND

    def passes(self, seconds: float) -> None:
        self.rig.account.clock.advance(seconds)
        self.rig.service.settle()

    def use(self) -> None:
        """Somebody uses the machine now."""
        self.used_at = self.seconds

    def die_at(self, number: int, *, answered: bool) -> None:
        """The process ends at that external call from now on: before it is sent, or when its effect has taken place."""
        self.kill = (len(self.calls) + number + 1, answered)

    def external(self, said: str) -> int:
        """Something leaves this process; its number."""
        self.calls.append(said)
        self._die(len(self.calls), answered=False)
        return len(self.calls)

    def answered(self, number: int) -> None:
        """Its answer comes back."""
        self._die(number, answered=True)

    def _die(self, number: int, *, answered: bool) -> None:
        if self.kill == (number, answered):
            self.kill = None
            raise Killed

    def account(self) -> TensorDockAccount:
        """As a new process finds it."""
        through = session(self.rig.service, self._watched)
        given = {"apiToken": TOKEN, "baseUrl": URL, "callsPerMinute": 1_000_000}
        surroundings = Surroundings(WaitingAdvances(self.rig.service), through)
        return TensorDockAccount(ProviderAccount(given, surroundings), lambda: int(self.seconds))

    @property
    def ledger(self) -> SpendLedger:
        return SpendLedger(self.folder / "spend.jsonl")

    def reap(self) -> list[Done]:
        """One whole run of the reaper. Raises Failure where it cannot tell what is there."""
        account, ledger = self.account(), self.ledger
        work = StackPass(
            keeper=Bookkeeper(account, ledger, STACK, "reaper"),
            books=Books("dev", ledger, self.budget, PRICE),
            hands=WorldHands(self),
            watches=Watches(SmallFile(self.folder / "watches.json"), self.moment),
            limits=lambda _machine: self.limits,
            tell=self.alerts.append,
            note=lambda _idle: None,
        )
        return work.run(listed(account, latest(ledger.facts()), [STACK]))

    def sweep(self, rules: Rules) -> list[Swept]:
        """One whole run of the sweep. Raises Failure where it cannot tell what is there."""
        account = self.account()
        recorded = plain(self.rig.recorded.outputs) if self.rig.recorded else {}
        return Sweep(
            account=account,
            look=lambda: listed(account, {}, [STACK]),
            known=lambda: {str(recorded.get("name")), str(recorded.get("instanceId"))},
            watches=Watches(SmallFile(self.folder / "sweep.json"), self.moment),
            rules=rules,
            tell=self.alerts.append,
        ).run()

    def moment(self) -> Moment:
        """By the clocks of the machine that the reaper runs on."""
        return Moment(self.life, self.seconds, self.seconds + self.jump)

    def states(self) -> list[str]:
        """Of all machines that are there."""
        self.rig.service.settle()
        return [vm.status for vm in self.rig.account.existing()]

    @property
    def costs(self) -> int:
        """Micro-dollars an hour of everything that is there now."""
        return sum(each.micro_usd_hour for each in self.rig.billing())

    def booked(self) -> int:
        """Micro-dollars that the spend ledger has."""
        return cost(self.ledger.facts(), 0, int(self.seconds), PRICE)

    def billed(self) -> float:
        """Micro-dollars that the account has."""
        return float(total(self.rig.account.ledger.intervals, self.rig.account.clock.now))

    def _watched(self, call: Request, reply: Reply | None) -> None:
        if reply is None:
            self.external(f"{call.method} {call.path}")
        else:
            self.answered(len(self.calls))


class WorldHands:
    """Hands that reach the world's machine."""

    def __init__(self, world: World) -> None:
        self._world = world

    def activities(self, machines: Sequence[OurMachine], heartbeat: Collection[str]) -> Mapping[str, Told]:
        return {machine.instance_id: self._counted("ssh activity", self._told) for machine in machines}

    def close(self, machine: OurMachine, idle_seconds: float) -> Told:
        def close() -> Told:
            told = self._told()
            closed = isinstance(told, Activity) and told.idle_seconds >= idle_seconds
            return told.model_copy(update={"closed": closed}) if isinstance(told, Activity) else told

        return self._counted("ssh close", close)

    def destroy(self, stack: str) -> None:
        assert stack == STACK
        number = self._world.external("pulumi destroy")
        try:
            self._world.rig.destroy()
        except (Refusal, PartialCreation) as error:
            raise Failure(str(error), "run the same command again") from None
        self._world.answered(number)

    def _told(self) -> Told:
        world = self._world
        if world.silent:
            return Unread("no login")
        idle = world.seconds - world.used_at
        return Activity.model_validate({"uptime_seconds": world.seconds, "sources": {"gate": {"idle_seconds": idle}}})

    def _counted(self, said: str, function: Callable[[], Told]) -> Told:
        number = self._world.external(said)
        told = function()
        self._world.answered(number)
        return told


def until_quiet(world: World, most: int = 8) -> int:
    """Runs the reaper, as its timer does, until a run changes nothing; how many runs that took."""
    for run in range(1, most + 1):
        first = len(world.calls)
        with contextlib.suppress(Failure):
            done = world.reap()
            quiet = all(call.startswith(("GET", "ssh activity")) for call in world.calls[first:])
            settled = set(world.states()) <= {"running", "stopped"}
            if quiet and settled and not any(one.failed for one in done):
                return run
        world.passes(20)
    raise AssertionError(f"not quiet after {most} runs: {world.calls[-20:]}")
