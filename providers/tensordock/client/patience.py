"""How long an operation may take, and whether the user still wants it. Monotonic: clock jumps mean nothing to it."""

import threading
import time
from typing import Protocol

from providers.tensordock.client.errors import Cancelled, OutOfTime


class Clock(Protocol):
    """Time that only moves forward."""

    def now(self) -> float:
        """Seconds since some fixed moment, the same one for all processes of this machine."""

    def wait(self, seconds: float, cancelled: threading.Event) -> None:
        """Returns after that time, or as soon as the event is set."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float, cancelled: threading.Event) -> None:
        cancelled.wait(seconds)


class Patience:
    """The time limit of one operation, and the user's wish to stop it."""

    def __init__(self, seconds: float, cancelled: threading.Event | None = None, clock: Clock | None = None) -> None:
        self.cancelled = cancelled or threading.Event()
        self.clock = clock or SystemClock()
        self._end = self.clock.now() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self._end - self.clock.now())

    def check(self, doing: str) -> None:
        """Raises Cancelled or OutOfTime, which name what was about to be done."""
        if self.cancelled.is_set():
            raise Cancelled(f"cancelled before: {doing}")
        if not self.remaining:
            raise OutOfTime(f"the time of this operation is used up before: {doing}")

    def pause(self, seconds: float, doing: str) -> None:
        """Waits. Raises OutOfTime at once where the time left is too short, Cancelled as soon as the user asks."""
        if seconds >= self.remaining:
            raise OutOfTime(f"{self.remaining:.0f} s left, {seconds:.0f} s needed before: {doing}")
        self.clock.wait(seconds, self.cancelled)
        self.check(doing)

    def part(self, seconds: float) -> "Patience":
        """A limit for one step of the operation; it ends with the operation at the latest."""
        return Patience(min(seconds, self.remaining), self.cancelled, self.clock)
