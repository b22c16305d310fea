"""Which migrations a database has had: the table `migration.applied`, which only the administrator may change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from operations.databases.server import Administrator
from operations.failure import Failure
from planning.migrations import Migration

MAKE = """\
CREATE SCHEMA IF NOT EXISTS migration;
CREATE TABLE IF NOT EXISTS migration.applied (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    down text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
"""
"""`down` is the way back as it was when the migration ran: the file may be gone by the time it is needed."""
READ = """\
SELECT to_regclass('migration.applied') IS NOT NULL AS there \\gset
\\if :there
SELECT json_build_array(number, name, checksum, down) FROM migration.applied ORDER BY number;
\\endif
"""
EXISTS = "SELECT 1 FROM pg_database WHERE datname = '{}';"


@dataclass(frozen=True, kw_only=True)
class Applied:
    """One migration that has run."""

    number: int
    name: str
    checksum: str
    down: str

    @property
    def label(self) -> str:
        return f"{self.number:03d}-{self.name}"


def applied(administrator: Administrator, database: str, seconds: float = 60) -> tuple[Applied, ...]:
    """In their order; none for a database that is not there yet. Raises Failure."""
    if not administrator.sql("postgres", EXISTS.format(database), seconds).strip():
        return ()
    rows = [json.loads(line) for line in administrator.sql(database, READ, seconds).splitlines() if line.strip()]
    return tuple(Applied(number=row[0], name=row[1], checksum=row[2], down=row[3]) for row in rows)


def pending(
    database: str, files: Sequence[Migration], variables: Mapping[str, str], done: Sequence[Applied]
) -> tuple[Migration, ...]:
    """What is still to run. Raises Failure where the database has had something else than these files."""
    if len(done) > len(files):
        raise Failure(
            f"{database} has had {done[-1].label}, this checkout knows {len(files)} migrations",
            "use the newer checkout, or take the change back there: scripts/migrate down",
        )
    for before, file in zip(done, files, strict=False):
        if (before.number, before.name) != (file.number, file.name):
            raise Failure(
                f"{database} has had {before.label} where this checkout has {file.label}", "never rename: append"
            )
        if before.checksum != file.checksum(variables):
            raise Failure(
                f"{database}: {file.label} differs from what ran (its text, a table's name, the dimension or language)",
                "put it back as it was, and make the change in a new migration",
            )
    return tuple(files[len(done) :])
