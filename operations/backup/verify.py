"""Reads a backup from end to end and compares it with its manifest; changes nothing but the mark that it was read."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import IO

from operations.backup.archive import CHUNK, Content, members
from operations.backup.listing import NAME, VERIFIED, Backup, manifest_of
from operations.backup.manifest import ARCHIVE, Manifest
from operations.backup.repository import SHORT, Repository
from operations.backup.restic import checks_keys
from operations.failure import Failure

SHOWN = 10


def verify(repository: Repository, backup: Backup, seconds: float) -> Manifest:
    """Raises Failure for a repository or a backup in which a single bit differs. Marks the backup as verified."""
    repository.alone("check", "--read-data", seconds=seconds)
    if not checks_keys():
        _require_whole_keys(repository)
    manifest = manifest_of(repository, backup)
    with repository.reading(backup.archive, f"/{ARCHIVE}", seconds) as stream:
        require_equal(manifest, stream)
    mark(repository, backup, VERIFIED)
    return manifest


def _require_whole_keys(repository: Repository) -> None:
    """A key file is named by its digest like all others; restic prints it as it was written, but for white space."""
    for name in repository.must("list", "keys", "--no-lock", "--quiet", seconds=SHORT).split():
        shown = repository.must("cat", "key", name, "--no-lock", "--quiet", seconds=SHORT)
        text = json.dumps(json.loads(shown), separators=(",", ":"), ensure_ascii=False)
        if hashlib.sha256(text.encode()).hexdigest() != name:
            raise Failure(f"the key file {name} is damaged ({repository.location})", "bring back keys/ from a copy")


def require_equal(manifest: Manifest, stream: IO[bytes]) -> None:
    """Raises Failure that names the files which differ, are missing or are too many."""
    wanted = {file.path: file.sha256 for part in manifest.parts for file in part.files}
    wrong = []
    for info, content in members(stream):
        if info.isreg() and wanted.pop(info.name, "") != digest_of(content):
            wrong.append(info.name)
    if wrong := [*wrong, *wanted]:
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise Failure(
            f"{manifest.backup}: differs from its manifest: {', '.join(wrong[:SHOWN])}{more}", "use another backup"
        )


def digest_of(content: IO[bytes] | Content) -> str:
    sha256 = hashlib.sha256()
    while chunk := content.read(CHUNK):
        sha256.update(chunk)
    return sha256.hexdigest()


def mark(repository: Repository, backup: Backup, tag: str) -> None:
    """Writes down in the repository itself that the backup was proved now. Its earlier marks stay."""
    now = datetime.now(UTC).strftime(NAME)
    current = repository.snapshots(f"backup={backup.name}", "complete")
    repository.alone("tag", "--add", f"{tag}={now}", *(one.id for one in current), seconds=SHORT)
