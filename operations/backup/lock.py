"""One run at a time on this machine: backups, prunes and restores of one environment keep off each other.

Runs on other machines are kept apart by restic's own locks; a killed run leaves no lock here.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator

from operations.failure import Failure
from operations.project import state_folder


@contextlib.contextmanager
def alone(environment: str) -> Iterator[None]:
    """Raises Failure at once when another run is at work."""
    path = state_folder("backups") / f"{environment}.lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            cause = f"another backup, prune or restore of {environment} is running here"
            raise Failure(cause, "wait until it has ended, then run the same command again") from None
        yield
