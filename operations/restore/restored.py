"""What waits beside the live data until everything else that was asked for waits there too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from tarfile import TarInfo
from typing import Protocol

from operations.backup.archive import Content, Hashed
from operations.backup.manifest import Part
from operations.failure import Failure

Members = Iterator[tuple[TarInfo, Content]]


class Restored(Protocol):
    """Restored and verified data of one part."""

    def switch(self) -> str:
        """Puts it in the place of the live data, which is kept; tells how to get rid of that."""
        ...

    def discard(self) -> None:
        """Removes it; the live data was never touched."""
        ...


def stamp() -> str:
    """Tells the things of one restore from those of another."""
    return datetime.now(UTC).strftime("%Y%m%d%H%M%S")


def checked(part: Part, given: Members) -> Iterator[tuple[TarInfo, Hashed]]:
    """The part's members by their names in it. Raises Failure at the first that is not as it was saved.

    Each content must have been read to its end before the next is asked for.
    """
    wanted = {file.path: file.sha256 for file in part.files}
    for info, content in given:
        path, hashed = info.name, Hashed(content)
        info.name = path.removeprefix(f"{part.name}/")
        yield info, hashed
        if info.isreg() and wanted.pop(path, "") != hashed.sha256:
            raise Failure(f"{path} in the backup is damaged; nothing was changed", "use another backup")
    if wanted:
        raise Failure(f"{next(iter(wanted))} is missing in the backup; nothing was changed", "use another backup")
