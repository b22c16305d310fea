"""The record of a move: the comment of its backup table. It is written in the transactions that it tells of."""

from __future__ import annotations

from typing import Literal

from psycopg import Connection, sql
from pydantic import BaseModel, ConfigDict, ValidationError

from operations.failure import USAGE, Failure
from operations.reembed.postgres.names import Move, Names

MARK = "reembed "


class Record(BaseModel):
    """`scope` and `digest` as in names.py; `indexes` are the names that searches knew them by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    column: str
    scope: str
    digest: str
    model: str
    dimension: int
    not_null: bool
    indexes: list[str]
    state: Literal["building", "switched"] = "building"

    def move(self, names: Names) -> Move:
        return Move(names, self.digest)


def records(connection: Connection, names: Names) -> list[Record]:
    """All moves of this column that have not been undone or closed."""
    rows = connection.execute(
        "select c.relname, obj_description(c.oid, 'pg_class') from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace where n.nspname = %s and c.relkind = 'r'"
        " and starts_with(obj_description(c.oid, 'pg_class'), %s)",
        [names.schema, MARK],
    ).fetchall()
    found = [_parsed(table, comment) for table, comment in rows]
    return [record for record in found if (record.table, record.column) == (names.table, names.vector_column)]


def record_of(connection: Connection, names: Names) -> Record | None:
    """The move of just these rows."""
    return next((record for record in records(connection, names) if record.scope == names.scope), None)


def write(connection: Connection, names: Names, record: Record) -> None:
    place = sql.Identifier(names.schema, record.move(names).backup)
    text = sql.Literal(MARK + record.model_dump_json())
    connection.execute(sql.SQL("comment on table {} is {}").format(place, text))


def _parsed(table: str, comment: str) -> Record:
    try:
        return Record.model_validate_json(comment.removeprefix(MARK))
    except ValidationError:
        raise Failure(
            f"the comment of table {table!r} is no record of a move that this program knows", "update it", USAGE
        ) from None
