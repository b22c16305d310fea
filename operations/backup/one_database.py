"""A backup of one database, made before its tables change, and read back before anybody relies on it."""

from __future__ import annotations

from operations.backup.listing import choose, found
from operations.backup.opening import remember, repository_of
from operations.backup.read_back import read_back
from operations.backup.run import back_up
from operations.backup.sources_of import database_sources
from operations.stack_plan import stack_plan

SECONDS = 4 * 3600.0


def back_up_database(stack: str, database: str) -> str:
    """Where it lies and how it comes back, in words. Raises Failure.

    Takes no lock of this machine: backups may run side by side, and a restore may be what has called for migrations.
    """
    plan = stack_plan(stack)
    repository = repository_of(plan)
    remember(plan, repository)
    with database_sources(plan, database) as sources:
        manifest = back_up(repository, plan.name, sources, SECONDS, only=database)
    backup = choose(found(repository, plan.name), manifest.backup)
    read_back(repository, backup, SECONDS)
    back = f"scripts/restore -s {stack} --to {backup.name} --database {database}"
    return f"backed up and read back ({backup.bytes / 1e6:.1f} MB); it comes back by: {back}"
