"""A data volume of a service that runs: its files as they are, its SQLite databases through SQLite's own backup.

A database file that is copied while its service writes would be torn; SQLite's backup gives one moment of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from operations.backup.archive import ArchiveWriter
from operations.backup.manifest import VolumeFacts
from operations.model_shell import Shell, running
from operations.ollama.deadline import Deadline

FILES = 'exec tar -C "$1" -cf - .'
# In the service's own image, which has Python where the service uses SQLite. Sockets and pipes hold no data.
WITH_SQLITE = """
folder=$1; shift
exec python3 -c '
import contextlib, os, sqlite3, sys, tarfile, tempfile
folder, names = sys.argv[1], sys.argv[2:]
apart = {"./" + name + end for name in names for end in ("", "-wal", "-shm", "-journal")}
with tempfile.TemporaryDirectory() as work, tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as tar:
    for name in names:
        source, copy = os.path.join(folder, name), os.path.join(work, "copy")
        if not os.path.exists(source):
            continue
        with contextlib.closing(sqlite3.connect("file:" + source + "?mode=ro", uri=True)) as live:
            with contextlib.closing(sqlite3.connect(copy)) as kept:
                live.backup(kept, pages=4096)
        info = tar.gettarinfo(source, "./" + name)
        info.size = os.path.getsize(copy)
        with open(copy, "rb") as file:
            tar.addfile(info, file)
        os.unlink(copy)
    def put(place, name):
        try:
            if name not in apart:
                tar.add(place, name, recursive=False)
            inside = sorted(os.listdir(place)) if os.path.isdir(place) and not os.path.islink(place) else []
        except FileNotFoundError:
            return  # its service has removed it since it was listed
        for one in inside:
            put(os.path.join(place, one), name + "/" + one)
    put(folder, ".")
' "$folder" "$@"
"""


@dataclass(frozen=True, kw_only=True)
class VolumeSource:
    """`volume` is its name on the engine, `shell` in the service's container, where it lies at `path`."""

    service: str
    shell: Shell
    volume: str
    path: str
    sqlite: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"volumes/{self.service}/{self.volume}"

    def save(self, archive: ArchiveWriter, deadline: Deadline) -> VolumeFacts:
        script = WITH_SQLITE if self.sqlite else FILES
        with running(self.shell, script, self.path, *self.sqlite, seconds=deadline.left(self.name)) as process:
            assert process.stdout  # noqa: S101  (it is a pipe)
            archive.add_tar(process.stdout)
        return VolumeFacts(volume=self.volume, path=self.path)
