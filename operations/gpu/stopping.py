"""Switches a rented machine off, and reads what it costs then: whether a stop ends the meter, only the API tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from typing_extensions import override

from operations.failure import Failure
from operations.gpu.account import TensorDockAccount
from operations.gpu.exit_codes import CANNOT_STOP
from operations.gpu.machines import OurMachine
from providers.tensordock.client.errors import NotFound, TensorDockError, Unauthorized
from providers.tensordock.client.instance import Instance
from providers.tensordock.client.money import hourly
from providers.tensordock.client.status import STOPPED, Status
from providers.tensordock.plugin import power
from providers.tensordock.plugin.lookup import current
from providers.tensordock.plugin.operation import Operation
from providers.tensordock.plugin.record import Record

STOP_S: Final = 300.0
DASHBOARD: Final = "https://dashboard.tensordock.com"


class Meter(StrEnum):
    """What a stopped machine still costs."""

    ENDED = "ended"
    """Its disk at most."""
    GOES_ON = "goes on"
    """Its card too: only destroying it ends that."""
    UNTOLD = "untold"
    """The API did not say."""


class CannotStop(Failure):
    """A machine costs money, and this run could not end that."""


@dataclass(frozen=True, slots=True)
class StopOutcome:
    """A machine that two reads in a row found in the same state. `machine` is as they found it."""

    machine: OurMachine
    before_micro_usd: int | None
    """What it cost an hour before."""
    meter: Meter

    @property
    def meter_goes_on(self) -> bool:
        """Whether the stop was in vain."""
        return self.meter is Meter.GOES_ON

    @property
    def gone(self) -> bool:
        """Whether there is no such machine any more."""
        return self.machine.status is Status.DELETED


def unheard(_machine: OurMachine) -> None:
    """Nobody keeps what is seen."""


def stop(
    account: TensorDockAccount,
    machine: OurMachine,
    seen: Callable[[OurMachine], None] = unheard,
    seconds: float = STOP_S,
    running: int | None = None,
) -> StopOutcome:
    """Returns when two reads agree that it is off, or gone. `seen` is told of every read.

    `running`: what it is known to cost an hour when it runs. Can be run again at any time, also on a machine that is
    off. Raises CannotStop, at once where the token is refused.
    """
    operation = account.operation(seconds, reserved=True)
    record = _Watched(machine, seen)
    try:
        found = _stopped(operation, record)
    except TensorDockError as error:
        raise _cannot_stop(record.machine, machine.hourly_micro_usd, error) from None
    if found is None:
        gone = replace(record.machine, status=Status.DELETED, hourly_micro_usd=0)
        seen(gone)
        return StopOutcome(gone, machine.hourly_micro_usd, Meter.ENDED)
    # What a machine costs that is off, or goes off, says nothing of what it costs when it runs.
    now = None if machine.stopped or machine.status is Status.STOPPING else machine.hourly_micro_usd
    before = max((price for price in (running, now) if price is not None), default=None)
    return StopOutcome(record.machine, machine.hourly_micro_usd, meter(before, found.hourly))


def meter(running: int | None, stopped: int | None) -> Meter:
    """What the prices before and after a stop mean. Pure.

    A disk costs a small part of a machine, a card more than half: what still costs more than half is still its card.
    """
    if stopped == 0:
        return Meter.ENDED
    if running is None or stopped is None:
        return Meter.UNTOLD
    return Meter.GOES_ON if stopped * 2 > running else Meter.ENDED


class _Watched(Record):
    """A record that tells of every read."""

    def __init__(self, machine: OurMachine, seen: Callable[[OurMachine], None]) -> None:
        super().__init__(machine.name, machine.instance_id, hourly=machine.hourly_micro_usd)
        self.machine, self._seen = machine, seen

    @override
    def found(self, instance: Instance) -> None:
        super().found(instance)
        self.machine = replace(self.machine, instance_id=instance.id).now(instance)
        self._seen(self.machine)


def _stopped(operation: Operation, record: _Watched) -> Instance | None:
    """The machine as two reads in a row found it, off; None when it is gone."""
    while True:
        try:
            first = _off(operation, record) or power.stop(operation, record)
            operation.pause(f"a second look for {record.name}")
            second = operation.api.instance(first.id)
        except NotFound:
            if current(operation, record) is None:
                return None
            continue
        record.found(second)
        if (first.status, first.hourly) == (second.status, second.hourly):
            return second


def _off(operation: Operation, record: _Watched) -> Instance | None:
    """A machine that was off when it was last read, and still is: then nothing is asked for."""
    if not record.machine.stopped:
        return None
    found = operation.api.instance(record.machine.instance_id)
    record.found(found)
    return found if found.status in STOPPED else None


def _cannot_stop(machine: OurMachine, running: int | None, error: TensorDockError) -> CannotStop:
    """The page that a person needs then."""
    price = hourly(machine.hourly_micro_usd if machine.hourly_micro_usd is not None else running)
    cause = (
        f"cannot stop VM {machine.name} ({machine.instance_id}, {machine.status}), costs {price}\n"
        f"    {'the token is refused: ' if isinstance(error, Unauthorized) else ''}{error}"
    )
    remedy = (
        f"stop it by hand: log in at {DASHBOARD}, open the virtual machine of that name, press Stop, and look that its "
        "price an hour falls; where it does not, press Delete.\n"
        "    -> then make a new API token there, set it (scripts/pulumi config set --secret tensordock:apiToken -s "
        f"{machine.stack or '<stack>'}, or TENSORDOCK_API_TOKEN) and run the same command again"
    )
    return CannotStop(cause, remedy, CANNOT_STOP)
