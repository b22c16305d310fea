"""What must be so before a dump is put anywhere: the server can read it, has its extensions, and has the room."""

from __future__ import annotations

import re

from operations.backup.manifest import DatabaseFacts, Part
from operations.backup.postgres_server import PostgresServer
from operations.database import MINIMUM_VERSIONS
from operations.failure import Failure

BUILT_IN = "plpgsql"
ROOM = 1.3
"""Of the database's size when it was saved; a dump of vectors is text, and comes on top."""
SERVER = (
    "SELECT json_build_object('version', current_setting('server_version_num')::int, 'extensions',"
    " (SELECT json_object_agg(name, default_version) FROM pg_available_extensions));"
)


def require_fit(server: PostgresServer, facts: DatabaseFacts) -> None:
    """Raises Failure that names what the server lacks."""
    found = server.value("postgres", SERVER)
    if found["version"] // 10_000 < facts.version // 10_000:
        raise Failure(
            f"{server.service} is Postgres {found['version'] // 10_000}, and {facts.database} was saved from"
            f" {facts.version // 10_000}; nothing was changed",
            "use an image of that version or a newer one",
        )
    for extension, saved in facts.extensions.items():
        offered = found["extensions"].get(extension)
        if offered is None:
            cause = f"{server.service} has no extension {extension}, which {facts.database} uses; nothing was changed"
            raise Failure(cause, "use an image that brings it (catalogue/postgres.py)")
        least = max(numbers(saved), MINIMUM_VERSIONS.get(extension, ()))
        if extension != BUILT_IN and numbers(offered) < least:
            cause = (
                f"{server.service} has {extension} {offered}, and {facts.database} needs {'.'.join(map(str, least))}"
            )
            raise Failure(f"{cause}; nothing was changed", "use a newer image (catalogue/postgres.py)")


def needed_kib(part: Part, facts: DatabaseFacts) -> int:
    """Room for the dump and for the new database beside the old one."""
    return int(part.bytes + facts.bytes * ROOM) // 1024


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"\d+", version))
