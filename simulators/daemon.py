"""A process that serves an account which outlives it: one for each folder, on the port of last time, until told to end.

`endpoint.json` in the folder says where the account answers; `lock` is held as long as it does, and holds the number of
the process.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

BUSY = 75
"""What a process ends with when another one serves the account."""
HOST = "127.0.0.1"
LOCK, ENDPOINT = "lock", "endpoint.json"
LOOK_S = 2.0


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Holds the folder while the block runs. Raises SystemExit where another process does."""
    with (folder / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{folder}: another process serves this account", file=sys.stderr)
            raise SystemExit(BUSY) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def served(folder: Path) -> bool:
    """Whether a process serves the account: it holds the lock as long as it lives."""
    try:
        with (folder / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def last_port(folder: Path) -> int:
    """The port of last time, if it is free; else any."""
    try:
        url: str = json.loads((folder / ENDPOINT).read_text(encoding="utf-8"))["url"]
        port = int(url.split("/")[2].rpartition(":")[2])
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except (OSError, ValueError, KeyError, IndexError):
        return 0
    return port


def wait(folder: Path, look: Callable[[], None] = lambda: None) -> None:
    """Until SIGTERM, SIGINT, or until somebody removes the folder; calls `look` meanwhile, again and again."""
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    while not asked.wait(LOOK_S):
        if not (folder / LOCK).exists():
            print(f"{folder} is gone, and with it the account", flush=True)
            return
        look()


def write_private(file: Path, text: str) -> None:
    """Replaces a file in one step; nobody else can read it."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)
