"""One bound for all that a command does."""

from __future__ import annotations

import time

from operations.failure import Failure


class Deadline:
    """Ends `seconds` after it was made."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._end = seconds, time.monotonic() + seconds

    def left(self, place: str) -> float:
        """Seconds until the end. Raises Failure, which names the place of the work, when it has passed."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise Failure(f"not done within {self._seconds:g} s at {place}", "run the same command again: it goes on")
        return left
