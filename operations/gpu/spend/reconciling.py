"""What a look at the account adds to the ledger, and where the two disagree. Pure.

Between two reads of a machine the higher of both prices counts, and a new machine counts since the look before: what
nobody saw is never too cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from operations.gpu.machines import OurMachine
from operations.gpu.spend.fact import Fact, fact
from providers.tensordock.client.money import hourly
from providers.tensordock.client.status import STOPPED, Status

AGAIN_S = 3600
"""An unchanged machine is written down again after so long: the span that nobody has seen stays short."""

RACE_S = 600
"""A look takes less, with all its repeated calls."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What nobody who goes by the ledger expects."""

    machine: str
    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the machines of a stack, from when to when, and by which verb.

    `before`: when the look before this one was. `always`: unchanged machines are written down too.
    """

    stack: str
    begun: int
    now: int
    source: str
    before: int | None = None
    always: bool = False

    @property
    def unseen_since(self) -> int:
        """From when on a machine that nobody knew may have been there: since the look before, an hour at most."""
        return self.now if self.before is None else min(self.now, max(self.before, self.now - AGAIN_S))


def missing(known: Mapping[str, Fact], stack: str, machines: Iterable[OurMachine]) -> list[Fact]:
    """Machines of the stack that the ledger has and the account did not show."""
    shown = {each.instance_id for each in machines}
    return [each for each in known.values() if each.stack == stack and each.exists and each.machine not in shown]


def facts_of(known: Mapping[str, Fact], machines: Sequence[OurMachine], gone: Iterable[Fact], look: Look) -> list[Fact]:
    """What is to be written down. `gone`: the known machines that are proven to exist no more.

    A machine that somebody else has written down since the look began is left to them: they know it better. A line from
    further ahead was written by a clock that was wrong, and is corrected.
    """
    written: list[Fact] = []
    for machine in machines:
        last = known.get(machine.instance_id)
        ahead = last.time - look.begun if last else 0
        if 0 < ahead <= RACE_S:
            continue
        new = _priced(fact(machine, look.stack, look.now, look.source), last)
        if last is None:
            written.append(new.model_copy(update={"time": look.unseen_since}))
            continue
        if ahead <= 0 and _dearer(new, last):
            written.append(new.model_copy(update={"time": last.time}))
        if ahead > 0 or look.always or _changed(new, last) or look.now - last.time >= AGAIN_S:
            written.append(new)
    ended = {"time": look.now, "status": str(Status.DELETED), "hourly_micro_usd": 0, "source": look.source}
    return [*written, *(each.model_copy(update=ended) for each in gone)]


def findings(known: Mapping[str, Fact], machines: Sequence[OurMachine], gone: Iterable[Fact]) -> list[Finding]:
    """Where the account and the ledger disagree."""
    found: list[Finding] = []
    for machine in machines:
        price, last = hourly(machine.hourly_micro_usd), known.get(machine.instance_id)
        if last is None:
            text = f"is not in the ledger; {machine.status}, costs {price}; counted since the last look"
            found.append(Finding(machine.name, text))
        elif (last.status in STOPPED or not last.exists) and not machine.stopped:
            text = f"is {machine.status} and costs {price}, the ledger has it as {last.status}; counted since then"
            found.append(Finding(machine.name, text))
    return [*found, *(Finding(each.name, f"is gone; the ledger has it as {each.status}") for each in gone)]


def _priced(new: Fact, last: Fact | None) -> Fact:
    """A read without a price, of a machine that is in the state that it was in, has the price that it had."""
    if last is None or new.hourly_micro_usd is not None or new.status != last.status:
        return new
    return new.model_copy(update={"hourly_micro_usd": last.hourly_micro_usd})


def _changed(new: Fact, last: Fact) -> bool:
    return (new.status, new.hourly_micro_usd) != (last.status, last.hourly_micro_usd)


def _dearer(new: Fact, last: Fact) -> bool:
    if new.hourly_micro_usd is None:
        return last.hourly_micro_usd is not None and (last.status in STOPPED or not last.exists)
    return last.hourly_micro_usd is not None and new.hourly_micro_usd > last.hourly_micro_usd
