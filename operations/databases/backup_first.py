"""What is saved before the tables of a database change: a backup of it, or a copy where the environment has none."""

from __future__ import annotations

from operations.databases.local_copy import local_copy
from operations.databases.server import Administrator
from operations.databases.spec import MigrationsSpec
from operations.failure import Failure


def backup_first(administrator: Administrator, spec: MigrationsSpec) -> str:
    """Saves the database; tells in words where. Raises Failure, and then nothing may change."""
    database = spec.roles.database
    try:
        if spec.backed_up:
            from operations.backup.one_database import back_up_database  # noqa: PLC0415  (brings all stores along)

            return back_up_database(spec.stack, database)
        file = local_copy(administrator, spec.stack, database)
    except Failure as failure:
        raise Failure(f"{database} could not be saved first, so no migration has run: {failure}", "") from None
    size = file.stat().st_size / 1e6
    return f"{spec.stack} has no backups of it; copied to {file} ({size:.1f} MB), on this machine only"
