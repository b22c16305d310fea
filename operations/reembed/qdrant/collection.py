"""A Qdrant collection that can be moved; see operations/reembed/collection.py for what each method owes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from operations.failure import USAGE, Failure
from operations.reembed.digest import digest
from operations.reembed.qdrant.client import Client, Point, created, deleted, path
from operations.reembed.qdrant.configuration import Configuration
from operations.reembed.qdrant.points import Points
from operations.reembed.row import Row, Sampled, Survey, Target


@dataclass
class QdrantCollection:
    """`alias` is what the application names; `vector` None means the only one. `survey` comes first."""

    client: Client
    alias: str
    text: str
    vector: str | None = None
    _source: str = field(init=False, default="")
    _digest: str = field(init=False, default="")
    _target: Target = field(init=False, default_factory=lambda: Target("", 0))
    _points: Points = field(init=False)
    _read: dict[Any, Point] = field(init=False, default_factory=dict)

    def survey(self, target: Target) -> Survey:
        aliases = self.client.aliases()
        self._source = self._resolved(aliases)
        self._target = target
        self._digest = digest(self.alias, self.text, self.vector or "", target.model, str(target.dimension))
        finished = self._before in aliases or self._source == self._after
        self._require_free(aliases)
        info = self.client.info(self._source) or {}
        self._points = Points(self.client, Configuration.of(info, self.vector), self.text)
        place = f"collection {self._source} of Qdrant behind alias {self.alias}"
        begun = self.client.info(self._after) is not None
        dimension = self._points.configuration.dimension
        return Survey(place, self.client.count(self._source), dimension, begun, finished)

    def current(self, count: int) -> list[Sampled]:
        return [self._points.sampled(point) for point in self.client.random(self._source, count)]

    def prepare(self) -> str:
        configuration = self._points.configuration
        said = f"made by an earlier run, which this one ends; the old collection is {self._source}"
        if self.client.info(self._after) is None:
            snapshot = self.client.snapshot(self._source)
            said = f"snapshot {snapshot['name']} of {snapshot['size']:,} bytes; the old collection stays, too"
            self.client.ask("PUT", path(self._after), configuration.resized(self._target.dimension))
        for index in configuration.indexes():
            self.client.ask("PUT", path(self._after, "index?wait=true"), index)
        return said

    def remaining(self) -> int:
        """About as many: points that changed, or were removed, meanwhile are found by `pages` only."""
        return max(self.client.count(self._source) - self.client.count(self._after), 0)

    def pages(self, size: int) -> Iterator[list[Row]]:
        for points in self._points.pending(self._source, self._after, size):
            self._read = {point["id"]: point for point in points}
            yield [self._points.row(point) for point in points]

    def store(self, rows: Sequence[Row], vectors: Sequence[list[float]]) -> int:
        pairs = zip(rows, vectors, strict=True)
        self.client.upsert(self._after, [self._points.with_vector(self._read[row.id], vector) for row, vector in pairs])
        return len(rows)

    def moved(self, count: int) -> list[Sampled]:
        return [self._points.sampled(point) for point in self.client.random(self._after, count)]

    def build(self) -> list[str]:
        """None: Qdrant indexes by itself, and searches work meanwhile."""
        return []

    def switch(self) -> bool:
        """What is written between the last look and the turn stays in the old collection: pause the writers."""
        self._points.prune(self._source, self._after)
        if any(True for _ in self._points.pending(self._source, self._after, 256)):
            return False
        self.client.turn(
            deleted(self.alias), created(self.alias, self._after), created(self._before, self._source)
        )  # fmt: skip
        return True

    def back(self) -> str:
        aliases = self.client.aliases()
        record = self._record(aliases)
        said = "the move was not finished; what it had made is removed"
        if record:
            old, new = aliases[record], aliases[self.alias]
            counts = f"{self.client.count(old):,} points, the new one had {self.client.count(new):,}"
            self.client.turn(deleted(record), deleted(self.alias), created(self.alias, old))
            said = f"alias {self.alias} names {old} again: {counts}"
        unfinished = self._unfinished(self.client.aliases())
        if not record and not unfinished:
            raise Failure(f"there is no open move of {self.alias!r}", "nothing to do", USAGE)
        for name in unfinished:
            self.client.ask("DELETE", path(name))
        return said

    def drop_backup(self) -> str:
        aliases = self.client.aliases()
        record = self._record(aliases)
        if record is None:
            raise Failure(f"there is no finished move of {self.alias!r}", "nothing to do", USAGE)
        old = aliases[record]
        others = sorted(name for name, target in aliases.items() if target == old and name != record)
        if others:
            raise Failure(f"collection {old} is in use under {', '.join(others)}", "turn these aliases first", USAGE)
        self.client.ask("DELETE", path(old))
        return f"collection {old} is gone; its snapshots stay where Qdrant keeps them"

    @property
    def _after(self) -> str:
        return f"{self.alias}_after_{self._digest}"

    @property
    def _before(self) -> str:
        return f"{self.alias}_before_{self._digest}"

    def _resolved(self, aliases: dict[str, str]) -> str:
        if self.alias in aliases:
            return aliases[self.alias]
        if self.client.info(self.alias) is None:
            raise Failure(f"Qdrant has no collection or alias {self.alias!r}", "see: GET /collections, /aliases", USAGE)
        raise Failure(
            f"{self.alias!r} is a collection, not an alias: it could not be replaced in one step",
            "give it an alias (POST /collections/aliases), let the application name that, then move the alias", USAGE,
        )  # fmt: skip

    def _record(self, aliases: dict[str, str]) -> str | None:
        return next((name for name in aliases if name.startswith(f"{self.alias}_before_")), None)

    def _unfinished(self, aliases: dict[str, str]) -> list[str]:
        used = set(aliases.values())
        mine = f"{self.alias}_after_"
        return [name for name in self.client.collections() if name.startswith(mine) and name not in used]

    def _require_free(self, aliases: dict[str, str]) -> None:
        record = self._record(aliases)
        unfinished = [name for name in self._unfinished(aliases) if name != self._after]
        if unfinished or record not in (None, self._before):
            raise Failure(
                f"{self.alias!r} has a move to another model that is still open: {record or ', '.join(unfinished)}",
                "first the same command with --back to undo it, or --drop-backup to close it", USAGE,
            )  # fmt: skip
