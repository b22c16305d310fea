"""The archive of a backup, part by part as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from tarfile import TarInfo

from operations.backup.archive import Content, members
from operations.backup.listing import Backup
from operations.backup.manifest import ARCHIVE, Manifest, Part
from operations.backup.repository import Repository
from operations.failure import Failure
from operations.ollama.deadline import Deadline
from operations.restore.restored import Members

UNKNOWN = "nothing in the manifest"


def parts_of(
    repository: Repository, backup: Backup, manifest: Manifest, wanted: set[str], deadline: Deadline
) -> Iterator[tuple[Part, Members]]:
    """The parts of those names, in the order of the archive; the rest is passed over, and not read beyond the last.

    Raises Failure for a part that is not there.
    """
    missing = set(wanted)
    if not missing:
        return
    with repository.reading(backup.archive, f"/{ARCHIVE}", deadline.left(backup.name)) as stream:
        for name, given in groupby(members(stream), lambda one: _part_name(manifest, one)):
            part = manifest.part(name)
            if part and name in missing:
                missing.remove(name)
                yield part, given
            if not missing:
                return
    for name in sorted(missing):
        part = manifest.part(name)
        if part is None or part.files:
            raise Failure(f"{backup.name} does not hold {name}; nothing was changed", "use another backup")
        yield part, iter(())


def _part_name(manifest: Manifest, member: tuple[TarInfo, Content]) -> str:
    path = member[0].name
    return next((part.name for part in manifest.parts if path.startswith(f"{part.name}/")), UNKNOWN)
