"""Who holds the lock of a stack in a backend of local files."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from operations.failure import Failure


@dataclass(frozen=True, kw_only=True)
class Lock:
    """One lock file as the engine writes it."""

    file: Path
    user: str
    host: str
    pid: int
    since: str

    @property
    def on_this_host(self) -> bool:
        return self.host == socket.gethostname()

    @property
    def stale(self) -> bool:
        """Its process is gone. Only told of locks of this host: elsewhere nobody can look."""
        return self.on_this_host and not _runs(self.pid)

    def describe(self) -> str:
        return f"{self.user}@{self.host}, process {self.pid}, since {self.since}"


def locks(backend_url: str, project: str, stack: str) -> list[Lock]:
    """Locks of a stack; empty for backends that are not local files, which tell of their locks themselves.

    Raises Failure for a lock that cannot be read: nobody can tell then whether its process still runs.
    """
    if not backend_url.startswith("file://"):
        return []
    folder = (
        Path(backend_url.removeprefix("file://")).expanduser() / ".pulumi" / "locks" / "organization" / project / stack
    )
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return [lock for file in files if (lock := _read(file, stack))]


def clear_dead(backend_url: str, project: str, stack: str) -> list[Lock]:
    """Takes away the locks of runs that have died on this machine, and gives them. Any other lock stays.

    Raises Failure as `locks` does.
    """
    dead = [lock for lock in locks(backend_url, project, stack) if lock.stale]
    for lock in dead:
        lock.file.unlink(missing_ok=True)
    return dead


def _read(file: Path, stack: str) -> Lock | None:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return Lock(
            file=file,
            user=str(found.get("username", "unknown")),
            host=str(found.get("hostname", "unknown")),
            pid=int(found.get("pid", 0)),
            since=str(found.get("timestamp", "an unknown time")),
        )
    except FileNotFoundError:
        return None  # given back since it was listed
    except (ValueError, TypeError, AttributeError) as error:
        raise Failure(
            f"{stack} has a lock that cannot be read: {file}: {error}",
            f"when no other run is going on: scripts/pulumi cancel -s {stack} --yes",
        ) from error


def _runs(pid: int) -> bool:
    """Whether the process is a running `pulumi`. A dead one that nobody has waited for, or another that got its number
    since, does not count."""
    command_line = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        try:
            return b"pulumi" in command_line.read_bytes()
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
