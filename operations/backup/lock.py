"""One run at a time on this machine: backups, prunes and restores of one environment keep off each other.

Runs on other machines are kept apart by restic's own locks; a killed run leaves no lock here.
"""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator
from typing import IO

from operations.failure import Failure
from operations.project import state_folder

PAUSE_SECONDS = 1.0


@contextlib.contextmanager
def alone(environment: str, patience: float = 0) -> Iterator[None]:
    """Raises Failure when another run is still at work after `patience` seconds."""
    path = state_folder("backups") / f"{environment}.lock"
    until = time.monotonic() + patience
    with path.open("a+") as lock:
        while not _taken(lock):
            if time.monotonic() >= until:
                cause = f"another backup, prune or restore of {environment} is running here"
                raise Failure(cause, "wait until it has ended, then run the same command again, or add --wait SECONDS")
            time.sleep(PAUSE_SECONDS)
        yield


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
