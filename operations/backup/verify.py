"""Reads a backup from end to end and compares it with its manifest; changes nothing but the mark that it was read."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from operations.backup.listing import NAME, VERIFIED, Backup
from operations.backup.manifest import Manifest
from operations.backup.read_back import read_back
from operations.backup.repository import SHORT, Repository
from operations.backup.restic import checks_keys
from operations.failure import Failure


def verify(repository: Repository, backup: Backup, seconds: float) -> Manifest:
    """Raises Failure for a repository or a backup in which a single bit differs. Marks the backup as verified.

    The mark gives its manifest another id: what was listed before is to be listed again.
    """
    repository.alone("check", "--read-data", seconds=seconds)
    if not checks_keys():
        _require_whole_keys(repository)
    manifest = read_back(repository, backup, seconds)
    mark(repository, backup, VERIFIED)
    return manifest


def _require_whole_keys(repository: Repository) -> None:
    """A key file is named by its digest like all others. Where it lies far away, it is restic who reads it, and prints
    it as it was written, but for white space and for small letters in the names of its fields, which it does not mind.
    """
    if repository.location.startswith("/"):
        for file in sorted((Path(repository.location) / "keys").iterdir()):
            if hashlib.sha256(file.read_bytes()).hexdigest() != file.name:
                raise _damaged(repository, file.name)
        return
    for name in repository.must("list", "keys", "--no-lock", "--quiet", seconds=SHORT).split():
        shown = repository.must("cat", "key", name, "--no-lock", "--quiet", seconds=SHORT)
        text = json.dumps(json.loads(shown), separators=(",", ":"), ensure_ascii=False)
        if hashlib.sha256(text.encode()).hexdigest() != name:
            raise _damaged(repository, name)


def _damaged(repository: Repository, name: str) -> Failure:
    return Failure(f"the key file {name} is damaged ({repository.location})", "bring back keys/ from a copy")


def mark(repository: Repository, backup: Backup, tag: str) -> None:
    """Writes down in the repository itself that the backup was proved now. Its earlier marks stay."""
    now = datetime.now(UTC).strftime(NAME)
    current = repository.snapshots(f"backup={backup.name}", "complete")
    repository.alone("tag", "--add", f"{tag}={now}", *(one.id for one in current), seconds=SHORT)
