"""A copy of a database on this machine, where its environment has no backups: a private file for pg_restore."""

from __future__ import annotations

import os
import time
from pathlib import Path

from operations.databases.server import Administrator
from operations.failure import Failure
from operations.project import state_folder

SECONDS = 4 * 3600
MARK = b"PGDMP"
KEPT = 5
"""So many copies of each database stay; older ones go once a new one is whole."""


def local_copy(administrator: Administrator, stack: str, database: str) -> Path:
    """A whole dump, or none: it gets its name when it has been written and looked at. Raises Failure."""
    folder = state_folder(f"before-migrations/{stack}/{database}")
    file = folder / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.dump"
    unfinished = file.with_suffix(f".{os.getpid()}")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        administrator.dump(database, unfinished, SECONDS)
        with unfinished.open("rb") as written:
            if written.read(len(MARK)) != MARK:
                raise Failure(f"{administrator.place}: what pg_dump wrote is no dump", "run the same command again")
            os.fsync(written.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    for old in sorted(folder.glob("*.dump"))[:-KEPT]:
        old.unlink()
    return file
