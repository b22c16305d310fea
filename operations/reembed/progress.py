"""How far a move is: a bar on a terminal, a line now and then elsewhere. On standard error."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

EVERY_SECONDS = 10.0


class Progress:
    """Counts rows up to `total`; more may come while it runs."""

    def __init__(self, total: int, *, every: float = EVERY_SECONDS) -> None:
        self._total, self._every, self._done = total, every, 0
        self._begun = self._printed = time.monotonic()
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
        self._bar = Bar(*columns, console=Console(stderr=True)) if sys.stderr.isatty() else None
        self._task = self._bar.add_task("rows", total=total, rate="") if self._bar else None

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()
        elif self._done:
            print(self.line(), file=sys.stderr, flush=True)

    def advance(self, count: int) -> None:
        self._done += count
        self._total = max(self._total, self._done)
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=self._done, total=self._total, rate=f"{self.rate:.1f} rows/s")
        elif time.monotonic() >= self._printed + self._every:
            self._printed = time.monotonic()
            print(self.line(), file=sys.stderr, flush=True)

    @property
    def rate(self) -> float:
        """Rows a second since the beginning."""
        return self._done / max(time.monotonic() - self._begun, 1e-6)

    def line(self) -> str:
        left = duration((self._total - self._done) / self.rate) if self._done else "unknown"
        return f"moved {self._done:,} of {self._total:,} rows, {self.rate:.1f} rows/s, {left} left"


def duration(seconds: float) -> str:
    """In the unit that one thinks in."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
