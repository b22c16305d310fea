"""Who uses the models right now, and when somebody last did. One event loop: no method waits, so each is atomic."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any


def uptime() -> float:
    """Seconds of the machine's life, those of a suspend included. No change of the wall clock touches it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Traffic:
    """Counts requests for work. A start counts as use: what has just come up is not idle."""

    def __init__(self, clock: Callable[[], float] = uptime) -> None:
        self._clock = clock
        self._last = clock()
        self._closed_until = -math.inf
        self.in_flight = 0
        self.served = 0

    @property
    def idle_seconds(self) -> float:
        """Since the last request for work ended; zero while one is going on."""
        return 0.0 if self.in_flight else self._clock() - self._last

    @property
    def closed_seconds(self) -> float:
        """So long requests for work will still be refused; zero when they are let in."""
        return max(0.0, self._closed_until - self._clock())

    def enter(self) -> bool:
        """A request for work arrives. False when it must be refused; else `leave` is due, however it ends."""
        if self.closed_seconds:
            return False
        self.in_flight += 1
        return True

    def leave(self) -> None:
        """A request that was let in has ended."""
        self.in_flight -= 1
        self.served += 1
        self._last = self._clock()

    def close(self, idle_seconds: float, lease_seconds: float) -> bool:
        """Refuses requests for work from now on, if nobody has asked for any for that long; whether it does.

        It opens by itself after `lease_seconds`: whoever closes it to stop the machine may die before the stop.
        """
        if self.in_flight or (not self.closed_seconds and self.idle_seconds < idle_seconds):
            return False
        self._closed_until = self._clock() + lease_seconds
        return True

    def open(self) -> None:
        """Lets requests for work in again."""
        self._closed_until = -math.inf

    def snapshot(self) -> dict[str, Any]:
        """What /activity tells."""
        return {
            "in_flight": self.in_flight,
            "idle_seconds": round(self.idle_seconds, 3),
            "served": self.served,
            "closed_seconds": round(self.closed_seconds, 3),
        }
