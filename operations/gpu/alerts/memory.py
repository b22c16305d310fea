"""Which alerts have been told, and by which channel."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from operations.gpu.small_file import SmallFile

KEPT_S = 100 * 24 * 3600
"""Longer than any period that an alert is told once in."""


class AlertMemory:
    """One small file. What is lost of it is told again: an alert too many is better than one too few."""

    def __init__(self, path: Path) -> None:
        self._file = SmallFile(path)

    def told(self, key: str, channel: str) -> bool:
        """Whether that channel has taken that alert."""
        its = self._file.read().get(key)
        return isinstance(its, dict) and channel in its

    def remember(self, key: str, channel: str) -> None:
        """It has."""
        now = int(time.time())

        def more(found: dict[str, Any]) -> dict[str, Any]:
            kept = {name: its for name, its in found.items() if isinstance(its, dict) and _latest(its) > now - KEPT_S}
            return {**kept, key: {**kept.get(key, {}), channel: now}}

        self._file.change(more)


def _latest(its: dict[str, Any]) -> int:
    return max((at for at in its.values() if isinstance(at, int)), default=0)
