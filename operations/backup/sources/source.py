"""What every source of data offers."""

from __future__ import annotations

from typing import Protocol

from operations.backup.archive import ArchiveWriter
from operations.backup.manifest import Facts
from operations.ollama.deadline import Deadline


class Source(Protocol):
    """Data of one service. `name` is its folder in the archive."""

    @property
    def name(self) -> str: ...

    @property
    def service(self) -> str: ...

    def save(self, archive: ArchiveWriter, deadline: Deadline) -> Facts:
        """Adds its files. Raises Failure when not all of it could be had before the deadline."""
        ...
