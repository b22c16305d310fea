"""What a table looks like, read from the catalogue of its server."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection, sql

from operations.failure import USAGE, Failure

VECTORS = ("vector", "halfvec")


@dataclass(frozen=True, kw_only=True)
class Column:
    """`type` as SQL writes it; `generated` columns are computed and never copied."""

    name: str
    type: str
    base: str
    not_null: bool
    default: str | None
    identity: bool
    generated: bool


@dataclass(frozen=True, kw_only=True)
class Table:
    """`key` is the primary key; `constraints` (others) and `indexes` are made after the rows are in."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    constraints: tuple[tuple[str, str], ...]
    indexes: tuple[str, ...]

    @property
    def copied(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if not column.generated)

    @property
    def vectors(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.base in VECTORS)

    @property
    def place(self) -> sql.Identifier:
        return sql.Identifier("public", self.name)

    def names(self, prefix: str = "") -> sql.Composed:
        """The copied columns, in their order."""
        columns = [sql.SQL(prefix) + sql.Identifier(column.name) for column in self.copied]
        return sql.SQL(", ").join(columns)


def use_short_names(connection: Connection) -> None:
    """Types of extensions are then written without their schema, which is another one on each server."""
    connection.execute(
        "select set_config('search_path', 'public' || coalesce((select"
        " string_agg(distinct ', ' || quote_ident(nspname), '') from pg_extension e join pg_namespace n"
        " on n.oid = e.extnamespace where nspname not in ('public', 'pg_catalog')), ''), false)"
    )


def table(connection: Connection, name: str) -> Table | None:
    """The table of that name in the schema public; None where there is none."""
    found = connection.execute(
        "select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = %s"
        " and c.relkind in ('r', 'p')", [name],
    ).fetchone()  # fmt: skip
    if found is None:
        return None
    columns = connection.execute(
        "select a.attname, format_type(a.atttypid, a.atttypmod), t.typname, a.attnotnull,"
        " pg_get_expr(d.adbin, d.adrelid), a.attidentity <> '', a.attgenerated <> ''"
        " from pg_attribute a join pg_type t on t.oid = a.atttypid"
        " left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum"
        " where a.attrelid = %s and a.attnum > 0 and not a.attisdropped order by a.attnum", found,
    ).fetchall()  # fmt: skip
    key = connection.execute(
        "select a.attname from pg_index i cross join lateral unnest(i.indkey) with ordinality k (number, place)"
        " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number"
        " where i.indrelid = %s and i.indisprimary order by k.place", found,
    ).fetchall()  # fmt: skip
    constraints = connection.execute(
        "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = %s and contype in"
        " ('c', 'u', 'f', 'x') order by contype = 'f', conname", found,
    ).fetchall()  # fmt: skip
    indexes = connection.execute(
        "select pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid = %s and not i.indisprimary"
        " and i.indisvalid and not exists (select from pg_constraint c where c.conindid = i.indexrelid"
        " and c.contype in ('u', 'x')) order by 1", found,
    ).fetchall()  # fmt: skip
    return Table(
        name=name,
        columns=tuple(
            Column(name=row[0], type=row[1], base=row[2], not_null=row[3], default=row[4], identity=row[5],
                   generated=row[6])
            for row in columns
        ),
        key=tuple(row[0] for row in key),
        constraints=tuple((row[0], row[1]) for row in constraints),
        indexes=tuple(row[0] for row in indexes),
    )  # fmt: skip


def require_tables(connection: Connection, names: list[str]) -> list[Table]:
    """The tables of the source. Raises Failure for one that is not there, or has no primary key to go on from."""
    found = {name: table(connection, name) for name in names}
    missing = [name for name, one in found.items() if one is None]
    if missing:
        raise Failure(f"the source has no table {', '.join(missing)} in its schema public", "name others", USAGE)
    tables = [one for one in found.values() if one]
    for one in tables:
        if not one.key:
            raise Failure(f"table {one.name} of the source has no primary key", "give it one, then move it", USAGE)
    return tables
