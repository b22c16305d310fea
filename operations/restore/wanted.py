"""A saved database and the server that is to have it."""

from __future__ import annotations

from dataclasses import dataclass

from operations.backup.manifest import DatabaseFacts, Part
from operations.backup.postgres_server import PostgresServer
from operations.ollama.deadline import Deadline


@dataclass(frozen=True, kw_only=True)
class WantedDatabase:
    """`jobs` tables and indexes are loaded at once."""

    server: PostgresServer
    part: Part
    facts: DatabaseFacts
    jobs: int
    deadline: Deadline

    @property
    def seconds(self) -> float:
        """What is left. Raises Failure when nothing is."""
        return self.deadline.left(self.part.name)
