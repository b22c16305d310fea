"""A long pull on standard error: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from operations.ollama.server import Record

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

EVERY_SECONDS = 5.0


@contextlib.contextmanager
def progress(model: str) -> Iterator[Callable[[Record], None]]:
    """What shows each record of Ollama's pull stream."""
    if not sys.stderr.isatty():
        yield Lines(model).show
        return
    # Imported here: most pulls are started by the engine, and nobody watches them.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bars:
        yield Bars(model, bars).show


class Bars:
    """A bar for each blob, and each other stage as a line above them."""

    def __init__(self, model: str, bars: Progress) -> None:
        self._model, self._bars = model, bars
        self._stage = ""
        self._tasks: dict[str, TaskID] = {}

    def show(self, record: Record) -> None:
        stage = str(record.get("status", ""))
        if "total" in record:
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(f"{self._model}: {stage}", total=record["total"])
            self._bars.update(self._tasks[stage], completed=record.get("completed", 0))
        elif stage != self._stage:
            self._bars.print(f"{self._model}: {stage}")
        self._stage = stage


class Lines:
    """Prints each new stage at once, and the bytes of a running download every few seconds."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._stage = ""
        self._printed = 0.0

    def show(self, record: Record) -> None:
        stage, now = str(record.get("status", "")), time.monotonic()
        if stage == self._stage and now < self._printed + EVERY_SECONDS:
            return
        self._stage, self._printed = stage, now
        done, total = record.get("completed", 0), record.get("total")
        share = f" {done / total:.0%} of {total / 1e6:.0f} MB" if total else ""
        print(f"{self._model}: {stage}{share}", file=sys.stderr, flush=True)
