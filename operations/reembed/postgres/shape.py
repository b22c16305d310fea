"""What the catalogue of the database says about a table and its vector column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection

from operations.failure import USAGE, Failure
from operations.reembed.postgres.names import Names

VECTORS = ("vector", "halfvec")
STORAGE = {"p": "plain", "e": "external", "m": "main", "x": "extended"}


@dataclass(frozen=True)
class Index:
    """`definition` is the statement that makes it; `method` is hnsw or ivfflat, mostly."""

    oid: int
    name: str
    method: str
    definition: str


@dataclass(frozen=True)
class Column:
    """`type` is fully qualified and without the dimension; that is None where the column leaves it open."""

    number: int
    type: str
    kind: str
    dimension: int | None
    not_null: bool
    storage: str
    privileges: bool


@dataclass(frozen=True)
class Shape:
    """One table. `uses` are other things in the database that hold on to the column."""

    oid: int
    vector: Column
    indexes: tuple[Index, ...]
    uses: tuple[str, ...]

    @classmethod
    def read(cls, connection: Connection, names: Names) -> Shape:
        """Raises Failure for what is missing, or of a kind that cannot be moved."""
        oid = _table(connection, names)
        wanted = [names.id_column, names.text_column, names.vector_column]
        columns = {name: _column(connection, oid, names, name) for name in wanted}
        if names.user_id is not None:
            _column(connection, oid, names, names.user_column)
        vector = columns[names.vector_column]
        if vector.kind not in VECTORS:
            raise _wrong(f"column {names.vector_column!r} is of type {vector.type}", "only vector and halfvec move")
        _require_key(connection, oid, columns[names.id_column], names)
        return cls(oid, vector, _indexes(connection, oid, vector), _uses(connection, oid, vector))


def _table(connection: Connection, names: Names) -> int:
    row = connection.execute(
        "select c.oid, c.relkind in ('r', 'p'), c.relkind = 'p' or c.relhassubclass, row_security_active(c.oid)"
        " from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = %s and c.relname = %s",
        [names.schema, names.table],
    ).fetchone()
    if row is None or not row[1]:
        raise _wrong(f"there is no table {names.table!r} in schema {names.schema!r}", "see: psql -c '\\dt *.*'")
    if row[2]:
        raise _wrong(f"table {names.table!r} has partitions or children", "move its parts one by one")
    if row[3]:
        raise _wrong(f"row security hides rows of {names.table!r} from this role", "use the owner's role")
    return int(row[0])


def _column(connection: Connection, oid: int, names: Names, column: str) -> Column:
    row = connection.execute(
        "select a.attnum, format_type(a.atttypid, null), t.typname, a.atttypmod, a.attnotnull, a.attstorage::text,"
        " a.attacl is not null from pg_attribute a join pg_type t on t.oid = a.atttypid"
        " where a.attrelid = %s and a.attname = %s and a.attnum > 0 and not a.attisdropped",
        [oid, column],
    ).fetchone()
    if row is None:
        raise _wrong(f"table {names.table!r} has no column {column!r}", f"see: psql -c '\\d {names.table}'")
    number, spelled, kind, modifier, not_null, storage, privileges = row
    dimension = modifier if modifier > 0 else None
    return Column(number, spelled, kind, dimension, not_null, STORAGE[storage], privileges)


def _require_key(connection: Connection, oid: int, key: Column, names: Names) -> None:
    unique = _one(
        connection,
        "select exists (select from pg_index where indrelid = %s and indisunique and indisvalid and indimmediate"
        " and indpred is null and indexprs is null and indnkeyatts = 1 and indkey[0] = %s)",
        [oid, key.number],
    )
    if not unique or not key.not_null:
        raise _wrong(f"column {names.id_column!r} does not tell rows apart", "name a unique, not null column")


def _indexes(connection: Connection, oid: int, column: Column) -> tuple[Index, ...]:
    rows = connection.execute(
        "select distinct c.oid, c.relname, m.amname, pg_get_indexdef(c.oid) from pg_depend d"
        " join pg_index i on i.indexrelid = d.objid and i.indisvalid join pg_class c on c.oid = d.objid"
        " join pg_am m on m.oid = c.relam where d.classid = 'pg_class'::regclass"
        " and d.refclassid = 'pg_class'::regclass and d.refobjid = %s and d.refobjsubid = %s order by 2",
        [oid, column.number],
    ).fetchall()
    return tuple(Index(*row) for row in rows)


def _uses(connection: Connection, oid: int, column: Column) -> tuple[str, ...]:
    rows = connection.execute(
        "select distinct pg_describe_object(d.classid, d.objid, d.objsubid) from pg_depend d"
        " left join pg_class i on d.classid = 'pg_class'::regclass and i.oid = d.objid and i.relkind in ('i', 'I')"
        " where d.refclassid = 'pg_class'::regclass and d.refobjid = %s and d.refobjsubid = %s and i.oid is null"
        " order by 1",
        [oid, column.number],
    ).fetchall()
    return tuple(row[0] for row in rows)


def _one(connection: Connection, query: LiteralString, values: list[Any]) -> Any:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None


def _wrong(cause: str, remedy: str) -> Failure:
    return Failure(cause, remedy, USAGE)
