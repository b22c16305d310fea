"""One backup: all sources into one snapshot, then its manifest. Before the manifest is stored there is no backup."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from operations.backup.archive import ArchiveWriter
from operations.backup.listing import DATA, NAME, ONLY, WHOLE
from operations.backup.manifest import ARCHIVE, FILE, Manifest, Part
from operations.backup.repository import Repository
from operations.backup.sources.source import Source
from operations.failure import Failure
from operations.ollama.deadline import Deadline


def back_up(
    repository: Repository, environment: str, sources: Sequence[Source], seconds: float, only: str = ""
) -> Manifest:
    """Raises Failure when one source fails: then nothing of this run is ever listed.

    `only` names the one database that the sources are of, where they are not those of the whole environment.
    """
    began, deadline = datetime.now(UTC), Deadline(seconds)
    name = f"{began.strftime(NAME)}-{secrets.token_hex(2)}"
    tags = (f"environment={environment}", f"backup={name}", *((f"{ONLY}={only}",) if only else ()))
    with repository.saving(ARCHIVE, (*tags, DATA), seconds) as stream:
        archive = ArchiveWriter(stream)
        parts = [_part(archive, one, f"[{number}/{len(sources)}]", deadline) for number, one in enumerate(sources, 1)]
        archive.finish()
    manifest = Manifest(
        backup=name,
        environment=environment,
        began=began.isoformat(),
        ended=datetime.now(UTC).isoformat(),
        parts=tuple(parts),
    )
    with tempfile.TemporaryDirectory(prefix="ai-platform-backup-") as folder:
        file = Path(folder) / FILE
        file.write_text(manifest.model_dump_json(), encoding="utf-8")
        repository.save_file(file, (*tags, WHOLE, f"parts={len(parts)}", f"bytes={manifest.bytes}"))
    return manifest


def _part(archive: ArchiveWriter, source: Source, counted: str, deadline: Deadline) -> Part:
    print(f"{counted} {source.name}", flush=True)
    began = time.monotonic()
    archive.begin(source.name)
    try:
        facts = source.save(archive, deadline)
    except Failure as failure:
        raise Failure(f"{source.name} is not backed up, so nothing is: {failure}", "") from None
    part = Part(name=source.name, service=source.service, facts=facts, files=tuple(archive.files))
    print(f"    {len(part.files)} files, {part.bytes / 1e6:,.1f} MB, {time.monotonic() - began:.1f} s", flush=True)
    return part
