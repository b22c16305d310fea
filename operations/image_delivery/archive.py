"""An image as one compressed file, kept until it is delivered: what was sent of it once need not be sent again.

`docker save` gives the same bytes for the same image on one engine, but nobody promises it, and the version of the
compressor counts too. So a delivery that goes on uses the very file that it began with.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from operations.failure import Failure
from operations.image_delivery.packing import Packing
from operations.ollama.deadline import Deadline
from toolchain.places import cache

STALE_SECONDS = 7 * 86400
LOCK = ".lock"


@dataclass(frozen=True, kw_only=True)
class Archive:
    """An open archive. `unpacked` is the bytes of all that is in it. Removing the file leaves open ones readable."""

    file: IO[bytes]
    path: Path
    sha256: str
    size: int
    unpacked: int

    @property
    def name(self) -> str:
        """What the file is called on the other side: by its content, so that equal names hold equal bytes."""
        return f"{self.sha256}{''.join(self.path.suffixes)}"

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


@contextlib.contextmanager
def archive(packing: Packing, deadline: Deadline) -> Iterator[Archive]:
    """The file of an earlier run, else a new one; only one is made at a time on this machine.

    Raises Failure when there is no room for it, or no time left.
    """
    folder = cache() / "deliveries"
    folder.mkdir(exist_ok=True, mode=0o700)
    with (folder / LOCK).open("w") as lock:
        _wait_for(lock, deadline)
        _remove_stale(folder)
        path = next(folder.glob(f"{packing.key}-*{packing.suffix}"), None) or _make(packing, folder)
        file = path.open("rb")
    with file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        unpacked = int(path.name.removesuffix(packing.suffix).rpartition("-")[2])
        yield Archive(file=file, path=path, sha256=digest, size=file.seek(0, 2), unpacked=unpacked)


def _wait_for(lock: IO[str], deadline: Deadline) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(min(1.0, deadline.left("this machine, where another image is being packed")))


def _remove_stale(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name == LOCK:
            continue
        if path.is_dir():  # left by a killed run: nobody else packs while this one holds the lock
            shutil.rmtree(path)
        elif time.time() - path.stat().st_mtime > STALE_SECONDS:
            path.unlink(missing_ok=True)


def _make(packing: Packing, folder: Path) -> Path:
    free, needed = shutil.disk_usage(folder).free, 2 * packing.facts.size
    if free < needed:
        cause = f"packing {packing.image} takes {needed / 1e9:.1f} GB, and {folder} has {free / 1e9:.1f} GB left"
        raise Failure(cause, "make room, or set XDG_CACHE_HOME to a folder on another disk")
    with tempfile.TemporaryDirectory(dir=folder, prefix=".packing-") as name:
        packed = Path(name) / "packed"
        unpacked = packing.pack(Path(name) / "saved", packed)
        return packed.rename(folder / f"{packing.key}-{unpacked}{packing.suffix}")
