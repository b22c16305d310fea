"""Indexes on the new vectors, like those on the old ones, built while everybody goes on reading and writing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from psycopg import Connection, Rollback, sql

from operations.reembed.postgres.names import Move
from operations.reembed.postgres.session import patiently, slowly
from operations.reembed.postgres.shape import Index, Shape

QUOTED = re.compile(r'("(?:[^"]|"")*")')
CREATE = re.compile(r"^CREATE (UNIQUE )?INDEX ")


def build(connection: Connection, move: Move, shape: Shape, dimension: int) -> list[str]:
    """Makes those that are missing; the names of these. One that a kill left half built is made anew."""
    missing = [index for index in shape.indexes if not _usable(connection, move, index)]
    statements = spelled(connection, move, missing)
    for index, statement in zip(missing, statements, strict=True):
        with slowly(connection):
            connection.execute(_name(move, index, "drop index concurrently if exists {}"))
            connection.execute(concurrently(resized(statement, shape.vector.dimension, dimension)).encode())
    return [index.name for index in missing]


def spelled(connection: Connection, move: Move, indexes: Iterable[Index]) -> list[str]:
    """Their definitions for the new column. Postgres itself spells them: it sees other names, in a transaction that
    is then rolled back, so that no expression, condition or quoting has to be understood here."""
    names = move.names
    found: list[str] = []
    table = sql.Identifier(names.schema, names.table)

    def work() -> None:
        found.clear()
        with connection.transaction():
            for old, new in ((move.column_after, move.column_before), (names.vector_column, move.column_after)):
                rename = sql.SQL("alter table {} rename column {} to {}")
                connection.execute(rename.format(table, sql.Identifier(old), sql.Identifier(new)))
            for index in indexes:
                connection.execute(_name(move, index, "drop index if exists {}"))
                rename = sql.SQL("alter index {} rename to {}")
                old_name = sql.Identifier(names.schema, index.name)
                connection.execute(rename.format(old_name, sql.Identifier(move.after(index.name))))
                row = connection.execute("select pg_get_indexdef(%s)", [index.oid]).fetchone()
                found.append(str(row[0]) if row else "")
            raise Rollback

    if indexes:
        patiently(connection, f"table {names.table!r}", work)
    return found


def resized(definition: str, old: int | None, new: int) -> str:
    """With casts like `halfvec(768)` made those of the new dimension; names in quotes stay."""
    if old is None:
        return definition
    cast = re.compile(rf"\b(vector|halfvec|bit)\({old}\)")
    parts = QUOTED.split(definition)
    return "".join(part if part.startswith('"') else cast.sub(rf"\g<1>({new})", part) for part in parts)


def concurrently(definition: str) -> str:
    return CREATE.sub(lambda match: f"{match[0]}CONCURRENTLY ", definition, count=1)


def _usable(connection: Connection, move: Move, index: Index) -> bool:
    row = connection.execute(
        "select i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid"
        " join pg_namespace n on n.oid = c.relnamespace where n.nspname = %s and c.relname = %s",
        [move.names.schema, move.after(index.name)],
    ).fetchone()
    return bool(row and row[0])


def _name(move: Move, index: Index, template: str) -> sql.Composed:
    return sql.SQL(template).format(sql.Identifier(move.names.schema, move.after(index.name)))
