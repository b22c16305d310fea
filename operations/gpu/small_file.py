"""A small JSON object on disk that several processes change: replaced in one step, one writer at a time."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class SmallFile:
    """What can be lost without harm: a file that cannot be read counts as empty, and says so."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Any]:
        """What it holds; empty where there is none."""
        try:
            found: Any = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            found = error
        if isinstance(found, dict):
            return found
        print(f"{self.path} cannot be read ({found}): it counts as empty", file=sys.stderr, flush=True)
        return {}

    def change(self, how: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Replaces what it holds; where the disk does not take that, it holds what it held, and says so."""
        unfinished = self.path.with_suffix(f".{os.getpid()}")
        try:
            with self._locked():
                unfinished.write_text(json.dumps(how(self.read())), encoding="utf-8")
                unfinished.replace(self.path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            print(f"{self.path} cannot be written: {error}", file=sys.stderr, flush=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.path.with_suffix(".lock").open("a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
