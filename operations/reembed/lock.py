"""One run at a time over a collection that has no locks of its own; on this machine."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from operations.failure import Failure
from operations.project import state_folder


@contextmanager
def alone(key: str, label: str) -> Iterator[None]:
    """Held until the end of the block, or of the process. `key` must do as a file's name. Raises Failure."""
    descriptor = os.open(state_folder("reembed") / f"{key}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Failure(f"another run is at work on {label}", "wait for it") from None
    finally:
        os.close(descriptor)
