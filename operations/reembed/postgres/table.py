"""A table as a collection that can be moved; see collection.py for what each method owes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from psycopg import Connection

from operations.failure import USAGE, Failure
from operations.reembed.postgres import backup, indexes, rows, switch
from operations.reembed.postgres.fitting import require_fitting, require_free
from operations.reembed.postgres.names import Move, Names
from operations.reembed.postgres.record import Record, record_of, records
from operations.reembed.postgres.session import alone, connected
from operations.reembed.postgres.shape import Shape
from operations.reembed.postgres.statements import Statements
from operations.reembed.row import Row, Sampled, Survey, Target


class Table:
    """`survey` comes first and names the target; `back` and `drop_backup` need none."""

    _statements: Statements
    _target: Target

    def __init__(self, connection: Connection, names: Names) -> None:
        self._connection, self._names = connection, names
        self._shape = Shape.read(connection, names)

    def survey(self, target: Target) -> Survey:
        names, vector = self._names, self._shape.vector
        require_free(records(self._connection, names), names, target)
        self._target, self._statements = target, self._bound(names.move(target), target.dimension)
        record = record_of(self._connection, names)
        finished = record is not None and record.state == "switched"
        if not finished:
            require_fitting(self._shape, names, target)
            self._require_texts()
        count = self._statements.count("select count(*) from {table} t where {rows}")
        place = f"table {names.schema}.{names.table}, {vector.kind} column {names.vector_column}"
        return Survey(place, count, vector.dimension, record is not None, finished)

    def current(self, count: int) -> list[Sampled]:
        return rows.current(self._statements, count)

    def prepare(self) -> str:
        record = record_of(self._connection, self._names)
        if record is None:
            backup.make(self._statements, self._shape, self._target)
        backup.make_column(self._statements, self._shape)
        count = self._statements.count("select count(*) from {backup}")
        origin = "made and compared with the table" if record is None else "made by an earlier run, which this one ends"
        return f"{count} rows in table {self._statements.move.backup}, {origin}"

    def remaining(self) -> int:
        return rows.remaining(self._statements)

    def pages(self, size: int) -> Iterator[list[Row]]:
        return rows.pages(self._statements, size)

    def store(self, found: Sequence[Row], vectors: Sequence[list[float]]) -> int:
        return rows.store(self._statements, found, vectors)

    def moved(self, count: int) -> list[Sampled]:
        return rows.moved(self._statements, count)

    def build(self) -> list[str]:
        if self._statements.partial:
            return []
        return indexes.build(self._connection, self._statements.move, self._shape, self._target.dimension)

    def switch(self) -> bool:
        return switch.switch(self._statements, self._record())

    def back(self) -> str:
        record = self._record()
        return switch.undo(self._bound(record.move(self._names), record.dimension), record)

    def drop_backup(self) -> str:
        record = self._record()
        if record.state == "building":
            raise Failure(
                "the move is not finished: its backup is still needed", "finish it, or undo it: --back", USAGE
            )
        return switch.close(self._bound(record.move(self._names), record.dimension))

    def _record(self) -> Record:
        record = record_of(self._connection, self._names)
        if record is None:
            raise Failure(f"there is no open move of these rows of {self._names.table!r}", "nothing to do", USAGE)
        return record

    def _bound(self, move: Move, dimension: int) -> Statements:
        return Statements(self._connection, move, f"{self._shape.vector.type}({dimension})")

    def _require_texts(self) -> None:
        bare = self._statements.count(
            "select count(*) from {table} t where {rows} and coalesce(t.{text}::text !~ '[^[:space:]]', true)"
        )
        if bare:
            raise Failure(
                f"{bare} rows have a vector but no text in {self._names.text_column!r}: no model can embed them",
                "give them a text, or set their vector to null", USAGE,
            )  # fmt: skip


@contextmanager
def opened(conninfo: str, names: Names, remedy: str, *, alone_at_it: bool) -> Iterator[Table]:
    """The table over a connection of its own; with `alone_at_it`, no other run may be at work on it."""
    with connected(conninfo, remedy) as connection:
        if alone_at_it:
            alone(connection, f"{names.schema}\n{names.table}", f"table {names.table!r}")
        yield Table(connection, names)
