"""A dump file as a source: it is restored into a scratch database of the target's server, and read from there.

What a dump holds is run as the owner of the target database, who is no superuser.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from operations.database import identifier, literal
from operations.databases.server import Administrator
from operations.failure import USAGE, Failure
from operations.movein.restore import restore

MARK = b"PGDMP"


def scratch(
    administrator: Administrator, file: Path, tables: Sequence[str], owner: str, extensions: Sequence[str]
) -> str:
    """Name of a database with these tables of the dump; one whole restore serves until the move is done."""
    name = f"movein_{digest(file)[:16]}"
    if not set(tables) <= _restored(administrator, name):
        administrator.sql("postgres", f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE);")
        administrator.sql("postgres", f"CREATE DATABASE {identifier(name)} OWNER {identifier(owner)};")
        administrator.sql("postgres", f"REVOKE ALL ON DATABASE {identifier(name)} FROM PUBLIC;")
        for extension in extensions:
            administrator.sql(name, f"CREATE EXTENSION IF NOT EXISTS {identifier(extension)};")
        restore(administrator, name, owner, file, tables)
        told = literal(json.dumps(sorted(set(tables))))
        administrator.sql("postgres", f"COMMENT ON DATABASE {identifier(name)} IS {told};")
    return name


def drop(administrator: Administrator, file: Path) -> None:
    """Removes the scratch database of a dump."""
    administrator.sql("postgres", f"DROP DATABASE IF EXISTS {identifier(f'movein_{digest(file)[:16]}')} WITH (FORCE);")


def digest(file: Path) -> str:
    """SHA-256 of the dump. Raises Failure for what is none that pg_restore reads."""
    try:
        with file.open("rb") as opened:
            if opened.read(len(MARK)) != MARK:
                raise Failure(f"{file} is no dump in pg_dump's custom format", "make one: pg_dump -Fc", USAGE)
            opened.seek(0)
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}", "name a dump that is there", USAGE) from None


def _restored(administrator: Administrator, name: str) -> set[str]:
    """Tables that a restore which came to its end has brought: its comment tells them."""
    query = (
        "SELECT coalesce(shobj_description(oid, 'pg_database'), '[]') FROM pg_database"  # noqa: S608  (quoted)
        f" WHERE datname = {literal(name)};"
    )
    try:
        return set(json.loads(administrator.sql("postgres", query)))
    except ValueError:
        return set()
