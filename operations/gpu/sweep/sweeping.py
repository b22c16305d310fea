"""One sweep of one account."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from operations.failure import Failure
from operations.gpu.account import TensorDockAccount, understood
from operations.gpu.alerts.alert import Alert
from operations.gpu.machines import OurMachine, Survey
from operations.gpu.remembered import Watches
from operations.gpu.stopping import stop
from operations.gpu.sweep.decision import Rules, Step, step, strays
from providers.tensordock.client.money import hourly
from providers.tensordock.client.status import Status
from providers.tensordock.plugin.record import Record
from providers.tensordock.plugin.removal import remove

REMOVAL_S = 1800.0


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of one stray. `seconds`: for how long no stack has known it."""

    machine: OurMachine
    seconds: float
    step: Step
    text: str
    failed: bool = False


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """`look` lists the account; `known` reads what all states know, and is asked after it. `tell` delivers an alert."""

    account: TensorDockAccount
    look: Callable[[], Survey]
    known: Callable[[], Collection[str]]
    watches: Watches
    rules: Rules
    tell: Callable[[Alert], object]

    def run(self) -> list[Swept]:
        """Can be killed and run again. Raises Failure, with nothing touched, where account or states do not tell."""
        # In this order: a machine that was recorded in between is in the states that are read later.
        seen = self.look()
        found = [(each, self.watches.seconds(each.instance_id)) for each in strays(seen, self.known())]
        self.watches.save()
        swept = [self._one(machine, seconds) for machine, seconds in found]
        for one in swept:
            subject = f"{one.machine.name}: a machine without a stack"
            key = f"stray:{one.machine.instance_id}:{one.step}:{one.failed}"
            self.tell(Alert(key, one.machine.stack or "sweep", subject, one.text))
        return swept

    def _one(self, machine: OurMachine, seconds: float) -> Swept:
        what = step(machine, seconds, self.rules)
        price = hourly(machine.hourly_micro_usd)
        text = f"{machine.name} ({machine.instance_id}) is {machine.status}, costs {price}, and no stack knows it"
        done = Swept(machine, seconds, what, text)
        try:
            match what:
                case Step.STOP:
                    found = stop(self.account, machine).machine
                    now = hourly(found.hourly_micro_usd)
                    return replace(done, machine=found, text=f"{text}: stopped, costs {now}")
                case Step.DESTROY:
                    self._remove(machine)
                    gone = replace(machine, status=Status.DELETED, hourly_micro_usd=0)
                    return replace(done, machine=gone, text=f"{text}: destroyed")
        except Failure as failure:
            return replace(done, text=str(failure), failed=True)
        return done

    def _remove(self, machine: OurMachine) -> None:
        record = Record(machine.name, machine.instance_id, hourly=machine.hourly_micro_usd)
        with understood():
            remove(self.account.operation(REMOVAL_S, reserved=True), record)
