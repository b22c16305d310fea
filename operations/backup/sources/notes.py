"""Small things that tell how the environment was: roles, models, the engine's state, the settings.

The state's secrets stay encrypted; password hashes of roles lie nowhere but in the encrypted repository.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from operations.backup.archive import ArchiveWriter
from operations.backup.manifest import NotesFacts
from operations.backup.postgres_server import PostgresServer
from operations.ollama.deadline import Deadline

ROLES = "exec pg_dumpall --username=postgres --no-password --globals-only"
ROLES_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class NotesSource:
    """`texts` are file names with what gives their content."""

    service: str
    texts: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"notes/{self.service}"

    def save(self, archive: ArchiveWriter, deadline: Deadline) -> NotesFacts:
        for name, text in self.texts.items():
            deadline.left(self.name)
            archive.add_bytes(name, text())
        return NotesFacts()


def roles(server: PostgresServer) -> bytes:
    """Statements that make the server's roles, password hashes included."""
    with server.script(ROLES, (), ROLES_SECONDS) as process:
        assert process.stdout  # noqa: S101  (it is a pipe)
        return process.stdout.read()


def as_json(value: object) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True).encode()
