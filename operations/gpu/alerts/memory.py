"""Which alerts have been told, and by which channel."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KEPT_S = 100 * 24 * 3600
"""Longer than any period that an alert is told once in."""


class AlertMemory:
    """One small file. One that cannot be read counts as empty: an alert too many is better than one too few."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def told(self, key: str, channel: str) -> bool:
        """Whether that channel has taken that alert."""
        with self._locked():
            return channel in self._read().get(key, {})

    def remember(self, key: str, channel: str) -> None:
        """It has."""
        now = int(time.time())
        with self._locked():
            found = {name: its for name, its in self._read().items() if max(its.values(), default=0) > now - KEPT_S}
            found.setdefault(key, {})[channel] = now
            unfinished = self.path.with_suffix(f".{os.getpid()}")
            unfinished.write_text(json.dumps(found), encoding="utf-8")
            unfinished.replace(self.path)

    def _read(self) -> dict[str, dict[str, int]]:
        try:
            found: Any = json.loads(self.path.read_text(encoding="utf-8"))
            return {str(key): {str(name): int(at) for name, at in its.items()} for key, its in found.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError) as error:
            print(f"{self.path} cannot be read ({error}): alerts are told again", file=sys.stderr, flush=True)
            return {}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.path.with_suffix(".lock").open("a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
