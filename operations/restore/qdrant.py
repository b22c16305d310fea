"""Restores collections of Qdrant beside the live ones, counts their points, then turns the names to them.

A collection cannot be renamed. So the restored one keeps a name of its own, and the old name becomes an alias of it:
applications notice nothing. The old collection is copied first, as a snapshot that is read in again.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import IO, Any, cast
from urllib.parse import quote, unquote

from urllib3.filepost import choose_boundary

from operations.backup.archive import CHUNK
from operations.backup.manifest import Part, QdrantFacts
from operations.failure import Failure
from operations.ollama.deadline import Deadline
from operations.reembed.qdrant.client import SNAPSHOT_TIMEOUT, Client, created, deleted, path
from operations.restore.restored import Members, checked, stamp


@dataclass(frozen=True, kw_only=True)
class RestoredCollections:
    """`made` maps the saved names to those of the restored collections."""

    client: Client
    made: dict[str, str]
    aliases: dict[str, str]
    service: str

    def switch(self) -> str:
        """One name after the other; each is turned in one step where it was an alias already."""
        kept = []
        for name, restored in self.made.items():
            if self.client.aliases().get(name):
                kept.append(self.client.aliases()[name])
                self.client.turn(deleted(name), created(name, restored))
                continue
            if self.client.info(name) is not None:
                before = f"{name}--before-{stamp()}"
                _copy(self.client, name, before)
                kept.append(before)
                self.client.ask("DELETE", path(name))
            self.client.turn(created(name, restored))
        for alias, name in self.aliases.items():
            if alias not in self.client.aliases() and name in self.made:
                self.client.turn(created(alias, self.made[name]))
        return (
            f"{self.service}: {len(self.made)} collections are switched; the old ones are {', '.join(kept) or 'none'}"
        )

    def discard(self) -> None:
        for name in self.made.values():
            self.client.ask("DELETE", path(name))


def restore_qdrant(client: Client, part: Part, given: Members, deadline: Deadline) -> RestoredCollections:
    """All collections beside the live ones, counted. Raises Failure, and then nothing of them stays."""
    facts = part.facts
    assert isinstance(facts, QdrantFacts)  # noqa: S101  (the caller has looked)
    made = RestoredCollections(client=client, made={}, aliases=facts.aliases, service=part.service)
    try:
        for info, content in checked(part, given):
            name = unquote(info.name.removesuffix(".snapshot"))
            restored = f"{name}--restored-{stamp()}"
            made.made[name] = restored
            _upload(client, restored, cast(IO[bytes], content), deadline.left(part.name))
            least, most = sorted(facts.points[name])
            if not least <= (found := client.count(restored)) <= most:
                cause = f"collection {name} was restored beside the live one with {found} points instead of {least}"
                raise Failure(f"{cause}; the live one was not touched", "use another backup")
    except BaseException:
        made.discard()
        raise
    return made


def _copy(client: Client, source: str, target: str) -> None:
    taken = client.snapshot(source)
    where = path(source, f"snapshots/{quote(taken['name'], safe='')}")
    try:
        with contextlib.closing(client.remote.call("GET", where, None, SNAPSHOT_TIMEOUT, stream=True)) as answer:
            _upload(client, target, cast(IO[bytes], answer.raw), SNAPSHOT_TIMEOUT)
    finally:
        client.ask("DELETE", f"{where}?wait=true")
    if client.count(target) != client.count(source):
        raise Failure(f"the copy of {source} lacks points; nothing was switched", "stop its writers, then run again")


def _upload(client: Client, name: str, content: IO[bytes], seconds: float) -> None:
    """As a form with one file, in pieces: snapshots are larger than memory."""
    boundary = choose_boundary()
    answer = client.remote.pool.post(
        client.remote.url.rstrip("/") + path(name, "snapshots/upload?priority=snapshot&wait=true"),
        data=_form(boundary, content),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        timeout=(5.0, seconds),
    )
    if not answer.ok:
        raise client.remote.failure(f"the snapshot of {name} was refused: {answer.status_code} {answer.text[:300]}")


def _form(boundary: str, content: IO[bytes]) -> Any:
    yield (
        f'--{boundary}\r\nContent-Disposition: form-data; name="snapshot"; filename="snapshot"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    while piece := content.read(CHUNK):
        yield piece
    yield f"\r\n--{boundary}--\r\n".encode()
