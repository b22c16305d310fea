"""The simulator's time: real, and as far ahead of it as somebody has advanced it. Whole microseconds."""

import threading
import time
from typing import Final

SECOND: Final = 1_000_000


class SimulatorClock:
    """Time since the epoch. `running` off: it stands still unless advanced, for tests that must repeat exactly."""

    def __init__(self, *, running: bool = True, start: int | None = None, ahead: int = 0) -> None:
        self._running = running
        self._base = int(time.time() * SECOND) if start is None else start
        self._since = _passed()
        self._ahead = ahead
        self._lock = threading.Lock()

    @property
    def now(self) -> int:
        """Microseconds since the epoch; never goes back, whatever the machine's own clock does."""
        passed = _passed() - self._since if self._running else 0
        return self._base + passed + self._ahead

    @property
    def ahead(self) -> int:
        """How far it has been advanced, microseconds."""
        return self._ahead

    def advance(self, seconds: float) -> None:
        """Moves time ahead. Raises ValueError for a step back."""
        if seconds < 0:
            raise ValueError(f"time cannot go back by {-seconds} s")
        with self._lock:
            self._ahead += round(seconds * SECOND)


def _passed() -> int:
    """Time that passes while this machine sleeps, too, where the system can tell it."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1000
