"""Extensions of a database, in a version that is new enough."""

from __future__ import annotations

import re
from collections.abc import Iterable

from operations.database import identifier, literal
from operations.databases.server import Administrator
from operations.databases.spec import ExtensionSpec
from operations.failure import Failure

REASON = {"vector": "older ones overflow in parallel HNSW builds or corrupt an index on vacuum"}
VECTOR_DEFAULTS = {"hnsw.ef_search": "100", "hnsw.iterative_scan": "strict_order"}
"""Without iteration, an index scan with a filter ends before it has found the rows that are wanted."""


def require_versions(administrator: Administrator, extensions: Iterable[ExtensionSpec]) -> None:
    """Raises Failure when the server lacks an extension, or has it too old; nothing is changed."""
    for extension in extensions:
        query = f"SELECT default_version FROM pg_available_extensions WHERE name = {literal(extension.name)};"  # noqa: S608
        _require(administrator.place, extension, administrator.sql("postgres", query))


def make(administrator: Administrator, database: str, extensions: Iterable[ExtensionSpec]) -> None:
    """Makes what is missing, and brings what is too old to the server's version."""
    for extension in extensions:
        name, wanted = identifier(extension.name), literal(extension.name)
        administrator.sql(database, f"CREATE EXTENSION IF NOT EXISTS {name};")
        query = f"SELECT extversion FROM pg_extension WHERE extname = {wanted};"  # noqa: S608  (quoted)
        if numbers(administrator.sql(database, query)) < extension.least:
            administrator.sql(database, f"ALTER EXTENSION {name} UPDATE;")
            _require(administrator.place, extension, administrator.sql(database, query))
        if extension.name == "vector":
            settings = "".join(
                f"ALTER DATABASE {identifier(database)} SET {name} = {literal(value)};\n"
                for name, value in VECTOR_DEFAULTS.items()
            )
            # Loaded first, so that the server knows what these are.
            administrator.sql(database, f"LOAD 'vector';\n{settings}")


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version; empty for none."""
    found = re.match(r"\d+(\.\d+)*", version.strip())
    return tuple(map(int, found[0].split("."))) if found else ()


def _require(place: str, extension: ExtensionSpec, version: str) -> None:
    found, least = version.strip(), ".".join(map(str, extension.least))
    if not found:
        raise Failure(f"{place} has no extension {extension.name}", "use a server that brings it")
    if numbers(found) < extension.least:
        reason = REASON.get(extension.name, "the settings ask for that")
        raise Failure(
            f"{place} has {extension.name} {found}, needed is {least} or newer: {reason}",
            "use a newer image or package",
        )
