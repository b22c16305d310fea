"""What each virtual machine has cost and when: an append-only file of JSON lines, one per interval of one state.

A line is written when an interval begins (`to` is null) and again when it ends.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path

from simulators.tensordock.clock import SECOND

HOUR = 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Interval:
    """One machine in one state at one price. Times in microseconds since the epoch; `end` is None while it lasts."""

    vm: str
    name: str
    state: str
    micro_usd_hour: int
    start: int
    end: int | None = None

    def cost(self, now: int) -> Fraction:
        """Micro-dollars until its end, or until now. Exact."""
        return Fraction(self.micro_usd_hour * ((self.end if self.end is not None else now) - self.start), HOUR)


class Ledger:
    """The bill. `path` None keeps it in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self.intervals: list[Interval] = []
        self._open: dict[str, int] = {}
        self._path = path

    def restore(self, intervals: list[Interval]) -> None:
        """The bill so far; the file is written anew from it."""
        self.intervals = intervals
        self._open = {each.vm: position for position, each in enumerate(intervals) if each.end is None}
        if self._path is not None:
            self._path.write_text("".join(f"{json.dumps(asdict(each))}\n" for each in intervals), encoding="utf-8")

    def change(self, interval: Interval) -> None:
        """A machine enters a state: its last interval ends where this one begins."""
        self.close(interval.vm, interval.start)
        self._open[interval.vm] = len(self.intervals)
        self.intervals.append(interval)
        self._write(interval)

    def close(self, vm: str, at: int) -> None:
        """The machine's bill ends."""
        position = self._open.pop(vm, None)
        if position is not None:
            self.intervals[position] = replace(self.intervals[position], end=at)
            self._write(self.intervals[position])

    def running(self) -> list[Interval]:
        """What costs money now."""
        return [self.intervals[position] for position in self._open.values()]

    def _write(self, interval: Interval) -> None:
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(interval)) + "\n")


def total(intervals: Iterable[Interval], now: int) -> Fraction:
    """Micro-dollars of all of them."""
    return sum((interval.cost(now) for interval in intervals), Fraction(0))


def read_ledger(path: Path) -> list[Interval]:
    """The intervals of a file; of the two lines of a finished one the second counts."""
    found: dict[tuple[str, int], Interval] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        interval = Interval(**json.loads(line))
        found[interval.vm, interval.start] = interval
    return list(found.values())
