"""The folder on a host where archives of images arrive, under names that follow from their content.

Bytes go to the place in the file where they belong, and equal names hold equal bytes: two senders at once, or the rest
of one that was cut off, write the same over the same. Files of more than a week ago are removed.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from operations.image_delivery.archive import Archive
from operations.image_delivery.login import Login
from operations.model_shell import running
from operations.ollama.deadline import Deadline

BLOCK = 1 << 20
CHUNK = 1 << 18
FOLDER = 'cd "$HOME/.cache/ai-platform/deliveries"'
PREPARE = f"""set -eu
umask 077
mkdir -p "$HOME/.cache/ai-platform/deliveries"
{FOLDER}
find . -type f -mtime +7 -exec rm -f {{}} +
if command -v zstd >/dev/null; then echo zstd; else echo gzip; fi
df -Pk . | tail -n 1
root=$(docker info --format '{{{{.DockerRootDir}}}}')
if [ -d "$root" ]; then df -Pk "$root" | tail -n 1; fi"""
SIZE = FOLDER + ' && if [ -f "$1" ]; then wc -c <"$1"; else echo 0; fi'
WRITE = FOLDER + ' && umask 077 && exec dd of="$1" ibs=65536 obs="$2" seek="$3" conv=notrunc'
DIGEST = FOLDER + ' && if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi'
LOAD = FOLDER + ' && case $1 in *.zst) zstd -dc "$1" ;; *) gzip -dc "$1" ;; esac | docker load --quiet'
REMOVE = FOLDER + ' && rm -f "$1"'


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A mounted disk and its free bytes."""

    mount: str
    free: int


@dataclass(frozen=True, kw_only=True)
class Landing:
    """What the host has for a delivery. `engine` is None where the engine's disk is not the host's: it is in a VM."""

    login: Login
    deadline: Deadline
    zstd: bool
    home: Disk
    engine: Disk | None

    def size(self, name: str) -> int:
        """How many bytes of an archive are there."""
        return int(self._answer(SIZE, name))

    def is_whole(self, archive: Archive) -> bool:
        return self._answer(DIGEST, archive.name).split()[0] == archive.sha256

    def write(self, archive: Archive, held: int, show: Callable[[int], None]) -> None:
        """Sends what is missing after `held` bytes. Raises Failure when the connection ends before."""
        first = held // BLOCK
        left, place = self.deadline.left(self.login.place), (archive.name, str(BLOCK), str(first))
        with running(self.login, WRITE, *place, seconds=left, stdin=subprocess.PIPE) as writing:
            assert writing.stdin  # noqa: S101  (it is a pipe)
            archive.file.seek(first * BLOCK)
            # Of a broken pipe the other side says why.
            with contextlib.suppress(BrokenPipeError):
                try:
                    while chunk := archive.file.read(CHUNK):
                        writing.stdin.write(chunk)
                        show(archive.file.tell())
                finally:
                    writing.stdin.close()

    def load(self, name: str) -> None:
        """Hands an archive to the engine. Raises Failure with the engine's words when it does not take it."""
        self._answer(LOAD, name)

    def remove(self, name: str) -> None:
        self._answer(REMOVE, name)

    def _answer(self, script: str, *arguments: str) -> str:
        return _answer(self.login, self.deadline, script, *arguments)


def landing(login: Login, deadline: Deadline) -> Landing:
    """Makes the folder. Raises Failure when the host cannot be reached or has no Docker client."""
    packer, *disks = _answer(login, deadline, PREPARE).splitlines()
    home, *engine = [_disk(line) for line in disks]
    zstd = packer == "zstd" and shutil.which("zstd") is not None
    return Landing(login=login, deadline=deadline, zstd=zstd, home=home, engine=engine[0] if engine else None)


def _disk(line: str) -> Disk:
    """A line of `df -Pk`: device, blocks, used, free, capacity, mount point, which may hold spaces."""
    fields = line.split(maxsplit=5)
    return Disk(mount=fields[5], free=int(fields[3]) * 1024)


def _answer(login: Login, deadline: Deadline, script: str, *arguments: str) -> str:
    with running(login, script, *arguments, seconds=deadline.left(login.place)) as process:
        assert process.stdout  # noqa: S101  (it is a pipe)
        return process.stdout.read().decode(errors="replace").strip()
