"""What a backup holds, and what restoring it must lead to. Written last: what has none is no backup."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

FILE = "manifest.json"
ARCHIVE = "archive.tar"


class Record(BaseModel):
    """Base of all: read back exactly as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SavedFile(Record):
    """One member of the archive, by its path in it."""

    path: str
    size: int
    sha256: str


class DatabaseFacts(Record):
    """One database at the moment of its dump. `rows` by table; `version` is server_version_num; sizes in bytes."""

    kind: Literal["database"] = "database"
    database: str
    version: int
    bytes: int
    owner: str
    encoding: str
    collate: str
    ctype: str
    extensions: dict[str, str]
    rows: dict[str, int]
    sequences: dict[str, int | None]
    indexes: tuple[str, ...]
    grants: tuple[tuple[str, str, bool], ...]
    settings: tuple[tuple[str, str], ...]


class VolumeFacts(Record):
    """One data volume of a service; `path` is where the service sees it."""

    kind: Literal["volume"] = "volume"
    volume: str
    path: str


class BucketFacts(Record):
    """One bucket of an object store."""

    kind: Literal["bucket"] = "bucket"
    bucket: str
    objects: int


class QdrantFacts(Record):
    """All collections of one Qdrant, a snapshot each. `points`: how many before and after its snapshot."""

    kind: Literal["qdrant"] = "qdrant"
    points: dict[str, tuple[int, int]]
    aliases: dict[str, str]


class RedisFacts(Record):
    """All keys of one Redis at one moment. `volume` holds its data at `path`; empty where the service runs natively."""

    kind: Literal["redis"] = "redis"
    volume: str
    path: str
    keys: int


class NotesFacts(Record):
    """Small things that are read and not restored: roles, models, the engine's state."""

    kind: Literal["notes"] = "notes"


Facts = Annotated[
    DatabaseFacts | VolumeFacts | BucketFacts | QdrantFacts | RedisFacts | NotesFacts, Field(discriminator="kind")
]


class Part(Record):
    """What one service gave. `name` is the folder of its files in the archive, e.g. databases/postgres/platform."""

    name: str
    service: str
    facts: Facts
    files: tuple[SavedFile, ...]

    @property
    def bytes(self) -> int:
        return sum(file.size for file in self.files)


class Manifest(Record):
    """One whole backup. `backup` is its name; the archive with its files is a snapshot of the same name."""

    format: Literal[1] = 1
    backup: str
    environment: str
    began: str
    ended: str
    parts: tuple[Part, ...]

    @property
    def bytes(self) -> int:
        return sum(part.bytes for part in self.parts)

    def part(self, name: str) -> Part | None:
        return next((one for one in self.parts if one.name == name), None)
