"""A long pull as a line now and then on standard error."""

from __future__ import annotations

import sys
import time
from typing import Any

EVERY_SECONDS = 5.0


class Progress:
    """Prints each new stage at once, and the bytes of a running download every few seconds."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._stage = ""
        self._printed = 0.0

    def show(self, record: dict[str, Any]) -> None:
        """One record of Ollama's pull stream."""
        stage, now = str(record.get("status", "")), time.monotonic()
        if stage == self._stage and now < self._printed + EVERY_SECONDS:
            return
        self._stage, self._printed = stage, now
        done, total = record.get("completed", 0), record.get("total")
        share = f" {done / total:.0%} of {total / 1e6:.0f} MB" if total else ""
        print(f"{self._model}: {stage}{share}", file=sys.stderr, flush=True)
