"""A Qdrant: one snapshot of every collection, made by the server, taken out and removed there."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import IO, cast
from urllib.parse import quote

from operations.backup.archive import ArchiveWriter
from operations.backup.manifest import QdrantFacts
from operations.ollama.deadline import Deadline
from operations.reembed.qdrant.client import SNAPSHOT_TIMEOUT, Client, path


@dataclass(frozen=True, kw_only=True)
class QdrantSource:
    """`client` of the server. Points that come while the snapshot is made are in it or not."""

    service: str
    client: Client

    @property
    def name(self) -> str:
        return f"qdrant/{self.service}"

    def save(self, archive: ArchiveWriter, deadline: Deadline) -> QdrantFacts:
        points = {}
        for collection in sorted(self.client.collections()):
            before = self.client.count(collection)
            self._collection(archive, collection, min(deadline.left(self.name), SNAPSHOT_TIMEOUT))
            points[collection] = (before, self.client.count(collection))
        return QdrantFacts(points=points, aliases=self.client.aliases())

    def _collection(self, archive: ArchiveWriter, collection: str, seconds: float) -> None:
        made = self.client.snapshot(collection)
        where = path(collection, f"snapshots/{quote(made['name'], safe='')}")
        try:
            answer = self.client.remote.call("GET", where, None, seconds, stream=True)
            with contextlib.closing(answer):
                archive.add(f"{quote(collection, safe='')}.snapshot", made["size"], cast(IO[bytes], answer.raw))
        finally:
            self.client.ask("DELETE", f"{where}?wait=true")
