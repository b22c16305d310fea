"""Time of repeated calls, one after the other, as a caller with one connection sees it."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from operations.failure import Failure

WARM_UP = 3


@dataclass(frozen=True)
class Timer:
    """No new call begins after `deadline`, in the seconds of time.monotonic."""

    iterations: int
    deadline: float

    def measure(self, call: Callable[[], None]) -> list[float]:
        """Milliseconds of each call, after some that do not count. Raises Failure when the deadline has passed."""
        for _ in range(WARM_UP):
            self._within(0)
            call()
        times = []
        for done in range(self.iterations):
            self._within(done)
            begun = time.perf_counter()
            call()
            times.append((time.perf_counter() - begun) * 1000)
        return times

    def _within(self, done: int) -> None:
        if time.monotonic() > self.deadline:
            raise Failure(
                f"the time is up after {done} of {self.iterations} calls of one kind",
                "fewer --iterations, or a longer --timeout",
            )


def median(times: Sequence[float]) -> float:
    return statistics.median(times)


def p95(times: Sequence[float]) -> float:
    """By the nearest rank: a time that was measured, never one in between."""
    return sorted(times)[math.ceil(0.95 * len(times)) - 1]
