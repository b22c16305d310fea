"""Bytes on their way to or from a store, as a line now and then on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

EVERY_SECONDS = 5.0


def progress_lines(label: str, size_bytes: int) -> Callable[[int], None]:
    """What is told how many bytes have gone. Small files pass without a line."""
    printed = time.monotonic()

    def show(done_bytes: int) -> None:
        nonlocal printed
        if time.monotonic() > printed + EVERY_SECONDS:
            printed = time.monotonic()
            print(f"{label}: {done_bytes / 1e6:.0f} of {size_bytes / 1e6:.0f} MB", file=sys.stderr, flush=True)

    return show
