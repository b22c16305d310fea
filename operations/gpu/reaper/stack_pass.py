"""One look at the machines of one stack, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from operations.failure import Failure
from operations.gpu.alerts.alert import Alert, budget_alerts
from operations.gpu.budget import Standing
from operations.gpu.machines import OurMachine, Survey
from operations.gpu.reaper.decision import Action, Notice, decide, health
from operations.gpu.reaper.facts import Case, History, Limits, Unread
from operations.gpu.reaper.hands import Hands, Told
from operations.gpu.reaper.one_machine import Doer, Done
from operations.gpu.reaper.simulated_idle import simulated_idle
from operations.gpu.remembered import Watches
from operations.gpu.spend.bookkeeper import Bookkeeper, Stock
from operations.gpu.spend.books import Books
from operations.gpu.spend.periods import day_of
from operations.gpu.spend.summing import highest_price
from providers.tensordock.client.status import LOST, Status

AT_ONCE = 8
CANNOT_STOP = "cannot-stop"


@dataclass(frozen=True, kw_only=True)
class StackPass:
    """Everything that a pass over one stack needs. `tell` delivers an alert, once for each of its keys;
    `note` keeps idle seconds by the ids of machines, for people who ask."""

    keeper: Bookkeeper
    books: Books
    hands: Hands
    watches: Watches
    limits: Callable[[OurMachine], Limits]
    tell: Callable[[Alert], object]
    note: Callable[[Mapping[str, float]], object]

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self.keeper.stack

    def run(self, seen: Survey | None = None) -> list[Done]:
        """Looks, decides, acts. Raises Failure only where the account does not tell what is there."""
        stock = self.keeper.take_stock(seen)
        standings = self.books.standings(stock.now, stock.facts)
        told = self._activities(stock.machines)
        cases = [self._case(each, told[each.instance_id], stock, standings) for each in stock.machines]
        self.note({each.machine.instance_id: each.idle_seconds for each in cases if known(each)})
        doer = Doer(account=self.keeper.account, hands=self.hands, saw=self.keeper.saw)

        def act(case: Case) -> Done:
            idle_limit = case.limits.idle_minutes * 60.0
            if not isinstance(case.activity, Unread):
                # A simulated account may be ahead of its machines, which count real seconds.
                idle_limit -= case.idle_seconds - case.activity.idle_seconds
            return doer.act(case.machine, decide(case), idle_limit, case.limits.running_micro_usd)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = list(pool.map(act, cases))
        for one in done:
            self.watches.seconds(f"{one.machine.instance_id}:{CANNOT_STOP}", one.failed)
        self.watches.save()
        done = self._destroyed(done)
        self._tell_all(done, standings, stock)
        return done

    def _activities(self, machines: list[OurMachine]) -> Mapping[str, Told]:
        """What each machine tells; why nobody asks it, where it is not up.

        One that could not be stopped gets no heartbeat: then its own timer ends it.
        """
        up = [each for each in machines if each.status is Status.RUNNING]
        looked_after = {each.instance_id for each in up if not self.watches.holds(f"{each.instance_id}:{CANNOT_STOP}")}
        asleep = {each.instance_id: Unread(f"it is {each.status}") for each in machines}
        return {**asleep, **self.hands.activities(up, looked_after)}

    def _case(self, machine: OurMachine, told: Told, stock: Stock, standings: tuple[Standing, ...]) -> Case:
        def lasts(what: str, holds: bool) -> float:
            return self.watches.seconds(f"{machine.instance_id}:{what}", holds)

        up = not machine.stopped and machine.status not in LOST
        unknown = isinstance(told, Unread) or bool(told.unknown)
        hot, full = health(told)
        idle = 0.0 if isinstance(told, Unread) else told.idle_seconds
        if not isinstance(told, Unread) and self.keeper.account.simulated:
            idle = simulated_idle(self.watches, machine.instance_id, told)
        limits, running = self.limits(machine), highest_price(stock.facts, machine.instance_id)
        return Case(
            machine=machine,
            activity=told,
            idle_seconds=idle,
            limits=replace(limits, running_micro_usd=running or limits.running_micro_usd),
            standings=standings,
            history=History(
                stopped=lasts("stopped", machine.stopped),
                unknown=lasts("unknown", up and unknown),
                lost=lasts("lost", machine.status in LOST),
                hot=lasts("hot", hot),
                full=lasts("full", full),
            ),
        )

    def _destroyed(self, done: list[Done]) -> list[Done]:
        """Destroys the stack where a machine asks for it, and no other of its machines is in use."""
        if not any(one.wants_destroy for one in done):
            return done
        others = [one.machine for one in done if not one.wants_destroy and not one.machine.stopped]
        used = ", ".join(each.name for each in others if each.status not in (Status.DELETED, *LOST))
        try:
            if used:
                raise Failure(f"{used} of the same stack is in use", f"scripts/down -s {self.stack}")
            self.hands.destroy(self.stack)
        except Failure as failure:
            notice = Notice("cannot-destroy", f"{self.stack} cannot be destroyed, and costs money: {failure}")
            return [
                replace(one, failed=True, text=f"{one.text}; {failure}", notices=(*one.notices, notice))
                if one.wants_destroy
                else one
                for one in done
            ]
        return [replace(one, text=f"{one.text}: {self.stack} is destroyed") for one in done]

    def _tell_all(self, done: list[Done], standings: tuple[Standing, ...], stock: Stock) -> None:
        environment, day = self.books.environment, day_of(stock.now).name
        for alert in budget_alerts(environment, standings):
            self.tell(alert)
        for one in done:
            for notice in one.notices:
                key = f"{one.machine.instance_id}:{notice.key}:{day}"
                subject = f"{one.machine.name}: {notice.key.replace('-', ' ')}"
                self.tell(Alert(key=key, environment=environment, subject=subject, text=notice.text))
            if one.verdict.action is Action.DESTROY and not one.failed:
                self.tell(
                    Alert(f"{one.machine.instance_id}:destroyed", environment, f"{self.stack}: destroyed", one.text)
                )


def known(case: Case) -> bool:
    """Whether the machine has told for how long it has not been used."""
    return not isinstance(case.activity, Unread) and not case.activity.unknown
