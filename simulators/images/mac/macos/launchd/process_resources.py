"""What a process of a job is given: its log files and how many files it may open."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator


def limit_files(number: int) -> None:
    """Give this process so many open files, as far as the machine allows; it may raise that itself."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(number, most), most))


@contextlib.contextmanager
def opened_by(uid: int, path: str) -> Iterator[int]:
    """A log file, opened for append with the rights of the job's user."""
    os.seteuid(uid)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    finally:
        os.seteuid(0)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
