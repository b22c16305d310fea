"""Collections of Qdrant: snapshot, download, upload beside, and the names turned, as its API documents them."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from operations.backup.archive import ArchiveWriter, members
from operations.backup.manifest import Part, QdrantFacts
from operations.backup.sources.qdrant import QdrantSource
from operations.failure import Failure
from operations.ollama.deadline import Deadline
from operations.restore.qdrant import restore_qdrant

POINTS = {"docs": 3, "odd name": 0}


class Answer:
    """A response of requests, as far as it is used."""

    def __init__(self, content: bytes = b"") -> None:
        self.raw, self.ok, self.status_code, self.text = io.BytesIO(content), True, 200, ""

    def close(self) -> None:
        self.raw.close()


class Server:
    """Client, remote and connections of a Qdrant in memory; a snapshot is the number of points."""

    def __init__(self) -> None:
        self.held = dict(POINTS)
        self.names: dict[str, str] = {"current": "docs"}
        self.calls: list[str] = []
        self.url, self.remote, self.pool = "http://qdrant", self, self

    def collections(self) -> list[str]:
        return list(self.held)

    def aliases(self) -> dict[str, str]:
        return dict(self.names)

    def count(self, name: str) -> int:
        return self.held[self.names.get(name, name)]

    def info(self, name: str) -> dict[str, Any] | None:
        return {} if name in self.held else None

    def snapshot(self, name: str) -> dict[str, Any]:
        return {"name": f"{name}.snapshot", "size": len(json.dumps(self.held[name]))}

    def call(self, method: str, where: str, body: None, timeout: float, *, stream: bool) -> Answer:
        name = where.split("/")[2].replace("%20", " ")
        return Answer(json.dumps(self.held[name]).encode())

    def ask(self, method: str, where: str) -> None:
        self.calls.append(f"{method} {where}")
        if "/snapshots/" not in where:
            del self.held[where.split("/")[2].replace("%20", " ")]

    def post(self, url: str, data: Any, headers: dict[str, str], timeout: tuple[float, float]) -> Answer:
        boundary = headers["Content-Type"].partition("boundary=")[2].encode()
        body = b"".join(data).split(b"--" + boundary)[1].partition(b"\r\n\r\n")[2]
        self.held[url.split("/")[4].replace("%20", " ")] = json.loads(body)
        return Answer()

    def turn(self, *actions: Any) -> None:
        for action in actions:
            ((kind, names),) = action.items()
            if kind == "delete_alias":
                del self.names[names["alias_name"]]
            else:
                assert names["alias_name"] not in self.held
                self.names[names["alias_name"]] = names["collection_name"]


def saved(server: Any) -> tuple[Part, bytes]:
    stream, source = io.BytesIO(), QdrantSource(service="qdrant", client=server)
    archive = ArchiveWriter(stream)
    archive.begin(source.name)
    facts = source.save(archive, Deadline(60))
    part = Part(name=source.name, service="qdrant", facts=facts, files=tuple(archive.files))
    archive.finish()
    return part, stream.getvalue()


def test_every_snapshot_is_taken_out_and_removed_on_the_server() -> None:
    server = Server()
    part, _ = saved(server)
    assert part.facts == QdrantFacts(points={"docs": (3, 3), "odd name": (0, 0)}, aliases={"current": "docs"})
    assert len(part.files) == 2
    assert server.calls == [
        "DELETE /collections/docs/snapshots/docs.snapshot?wait=true",
        "DELETE /collections/odd%20name/snapshots/odd%20name.snapshot?wait=true",
    ]


def test_restored_collections_answer_to_their_old_names_and_the_old_ones_stay() -> None:
    server: Any = Server()
    part, data = saved(server)
    server.held["docs"] = 1
    restored = restore_qdrant(server, part, members(io.BytesIO(data)), Deadline(60))
    assert server.count("docs") == 1
    said = restored.switch()
    assert (server.count("docs"), server.count("odd name")) == (3, 0)
    (before,) = [name for name in server.held if name.startswith("docs--before-")]
    assert (server.held[before], before in said) == (1, True)
    again = restore_qdrant(server, part, members(io.BytesIO(data)), Deadline(60))
    again.switch()
    assert server.count("docs") == 3


def test_a_snapshot_with_other_points_is_not_switched_to() -> None:
    server: Any = Server()
    part, data = saved(server)
    wrong = part.model_copy(update={"facts": QdrantFacts(points={"docs": (9, 9), "odd name": (0, 0)}, aliases={})})
    with pytest.raises(Failure, match="3 points instead of 9"):
        restore_qdrant(server, wrong, members(io.BytesIO(data)), Deadline(60))
    assert set(server.held) == set(POINTS)
