"""The steps of a long verb, with the seconds since it began."""

from __future__ import annotations

import time


class Steps:
    """Says each step as it begins."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the verb began."""
        return time.monotonic() - self._started

    def __call__(self, name: str) -> None:
        print(f"\n== {name} ({self.seconds:.0f} s)", flush=True)
