"""Carries out what was decided about one machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from operations.failure import Failure
from operations.gpu.account import TensorDockAccount
from operations.gpu.machines import OurMachine
from operations.gpu.reaper.decision import Action, Notice, Verdict
from operations.gpu.reaper.facts import Activity
from operations.gpu.reaper.hands import Hands
from operations.gpu.stopping import Meter, stop
from providers.tensordock.client.money import hourly


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of one machine. `wants_destroy`: only destroying its stack ends the cost."""

    machine: OurMachine
    verdict: Verdict
    text: str
    failed: bool = False
    wants_destroy: bool = False
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Doer:
    """`saw` keeps each read of a machine that is being stopped."""

    account: TensorDockAccount
    hands: Hands
    saw: Callable[[OurMachine], None]

    def act(self, machine: OurMachine, verdict: Verdict, idle_limit: float, running: int | None = None) -> Done:
        """`idle_limit`: seconds that count as idle. `running`: micro-dollars an hour of the machine when it runs.

        Never raises Failure: one machine that cannot be stopped must not keep the others. Can be repeated.
        """
        done = Done(machine=machine, verdict=verdict, text="; ".join(verdict.reasons), notices=verdict.notices)
        try:
            match verdict.action:
                case Action.KEEP:
                    return done
                case Action.DESTROY:
                    return replace(done, wants_destroy=True)
                case Action.STOP_IF_IDLE:
                    if refused := self._refused(machine, idle_limit):
                        return replace(done, text=f"{done.text}, but it is not stopped: {refused}")
            return self._stop(done, running)
        except Failure as failure:
            text = str(failure)
            notice = Notice("cannot-stop", text)
            return replace(done, text=text, failed=True, notices=(*done.notices, notice))

    def _refused(self, machine: OurMachine, idle_limit: float) -> str:
        """Why the gate stays open; empty when it is closed."""
        told = self.hands.close(machine, idle_limit)
        if not isinstance(told, Activity):
            return told.cause
        return "" if told.closed else told.unknown or f"used in the last moment ({told.in_use})"

    def _stop(self, done: Done, running: int | None) -> Done:
        outcome = stop(self.account, done.machine, self.saw, running=running)
        now = hourly(outcome.machine.hourly_micro_usd)
        if outcome.gone:
            return replace(done, machine=outcome.machine, text=f"{done.text}: it is gone")
        text = f"{done.text}: stopped, costs {now}"
        stopped = replace(done, machine=outcome.machine, text=text)
        if outcome.meter is Meter.ENDED:
            return replace(stopped, notices=(*done.notices, Notice("stopped", text)))
        if outcome.meter is Meter.UNTOLD:
            untold = "TensorDock does not say whether its card is still paid for: look at the dashboard"
            return replace(stopped, notices=(*done.notices, Notice("untold", f"{text}. {untold}")))
        reason = f"{text}: the stop has not ended the cost of its card, so its stack is destroyed"
        return replace(stopped, wants_destroy=True, text=reason, notices=(*done.notices, Notice("meter", reason)))
