"""A folder of backed-up models: blobs by their digest, each once, and an index that is written last.

What the index lists is complete. Everything else in the folder is either on its way or named by an entry.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from operations.failure import USAGE, Failure
from operations.ollama.names import blob_path

FORMAT = 1
CHUNK = 1 << 20
Opener = Callable[[int], AbstractContextManager[IO[bytes]]]
"""Opens what is to be kept, from an offset in bytes on."""


class Entry(BaseModel):
    """One version of a model. `digest` is its manifest's; `blobs` names all that its weights need, or nothing."""

    model_config = ConfigDict(frozen=True)

    service: str
    name: str
    digest: str
    size_bytes: int
    modelfile: str
    blobs: tuple[str, ...] = ()


class Archive:
    """One such folder, private to its owner. Raises Failure for an index that is damaged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Makes the folder; one writer at a time. A killed one leaves no lock."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # a Modelfile may hold what is nobody's business
        (self.folder / "blobs").mkdir(exist_ok=True, mode=0o700)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Failure(f"another backup is being written to {self.folder}", "wait until it has ended") from None
            yield

    def entries(self) -> list[Entry]:
        """What is complete; nothing before the first backup has ended."""
        try:
            index = json.loads((self.folder / "index.json").read_text(encoding="utf-8"))
            if index["format"] != FORMAT or index["sha256"] != _checksum(index["models"]):
                raise ValueError("its checksum or its format differs")
            return [Entry.model_validate(entry) for entry in index["models"]]
        except FileNotFoundError:
            return []
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise Failure(
                f"{self.folder / 'index.json'} is damaged: {error}",
                "move it away; the next backup writes a new one and keeps every blob that is whole",
            ) from None

    def record(self, entry: Entry) -> None:
        """Lists a version of a model. Earlier ones stay listed as long as their weights are here."""
        entries = self.entries()
        known = [one for one in entries if (one.service, one.name) == (entry.service, entry.name)]
        same = next((one for one in known if one.digest == entry.digest), None)
        if same and not entry.blobs:
            entry = entry.model_copy(update={"blobs": same.blobs})
        stay = [one for one in entries if one not in known or (one.blobs and one is not same)]
        listed = [one.model_dump(mode="json") for one in (*stay, entry)]
        text = json.dumps({"format": FORMAT, "sha256": _checksum(listed), "models": listed}, indent=2)
        unfinished = self.folder / ".index.json"
        _write(unfinished, text.encode())
        unfinished.replace(self.folder / "index.json")

    def blob(self, digest: str) -> Path:
        return self.folder / blob_path(digest)

    def damaged(self, entry: Entry) -> list[str]:
        """Digests of files that the entry needs and that are missing, or differ from their name."""
        return [digest for digest in (entry.digest, *entry.blobs) if not self.holds(digest)]

    def holds(self, digest: str) -> bool:
        """Whether the blob is here and still has its digest."""
        path = self.blob(digest)
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest

    def keep(self, digest: str, opened: Opener, show: Callable[[int], None]) -> bool:
        """Brings a blob in, going on where an earlier run stopped. False when it was here already.

        Raises Failure, and keeps nothing, when its bytes do not have that digest.
        """
        if self.holds(digest):
            return False
        partial = self.folder / f"blobs/.{digest}"
        attempts = 2 if partial.exists() else 1  # what comes now may be fine, and the part from before not
        while self._fetched(partial, opened, show) != digest:
            partial.unlink()
            attempts -= 1
            if not attempts:
                cause = f"the bytes of blob sha256-{digest} differ from its name: it is damaged"
                raise Failure(cause, "pull or make the model anew, then run the same command again")
        partial.replace(self.blob(digest))
        return True

    def _fetched(self, partial: Path, opened: Opener, show: Callable[[int], None]) -> str:
        """The digest of the whole, after the rest has been added to what is there."""
        hashed, size = hashlib.sha256(), 0
        with open(partial, "a+b", opener=_private) as file:
            file.seek(0)
            while chunk := file.read(CHUNK):
                hashed.update(chunk)
                size += len(chunk)
            with opened(size) as source:
                while chunk := source.read(CHUNK):
                    file.write(chunk)
                    hashed.update(chunk)
                    size += len(chunk)
                    show(size)
            file.flush()
            os.fsync(file.fileno())
        return hashed.hexdigest()


def open_archive(folder: Path) -> Archive:
    """An archive to read from. Raises Failure when there is none."""
    if not (folder / "index.json").is_file():
        cause = f"{folder} holds no complete backup of models (there is no index.json)"
        raise Failure(cause, "name the folder that scripts/backup-models.sh wrote to", USAGE)
    return Archive(folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write(path: Path, content: bytes) -> None:
    with open(path, "wb", opener=_private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _checksum(models: object) -> str:
    return hashlib.sha256(json.dumps(models, sort_keys=True).encode()).hexdigest()
