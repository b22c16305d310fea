"""Reads one backup from end to end and compares every byte with its manifest. Changes nothing."""

from __future__ import annotations

import hashlib
from typing import IO

from operations.backup.archive import CHUNK, Content, members
from operations.backup.listing import Backup, manifest_of
from operations.backup.manifest import ARCHIVE, Manifest
from operations.backup.repository import Repository
from operations.failure import Failure

SHOWN = 10


def read_back(repository: Repository, backup: Backup, seconds: float) -> Manifest:
    """Raises Failure where the repository gives other bytes than were saved, or none."""
    manifest = manifest_of(repository, backup)
    with repository.reading(backup.archive, f"/{ARCHIVE}", seconds) as stream:
        require_equal(manifest, stream)
    return manifest


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
