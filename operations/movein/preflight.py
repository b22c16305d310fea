"""What is looked at before the first write: vectors of the right length, and tables of the target that fit."""

from __future__ import annotations

from psycopg import Connection, sql

from operations.failure import USAGE, Failure
from operations.movein.shape import Table, table


def require_dimension(source: Connection, tables: list[Table], dimension: int) -> list[str]:
    """Raises Failure when a vector of the source has another length; else tells how many there are, a line each."""
    said = []
    for one in tables:
        for column in one.vectors:
            query = sql.SQL(
                "select vector_dims({column}) as numbers, count(*) from {table} where {column} is not null group by 1"
            ).format(column=sql.Identifier(column), table=one.place)
            rows = source.execute(query).fetchall()
            if wrong := [f"{count} of {numbers}" for numbers, count in rows if numbers != dimension]:
                raise Failure(
                    f"{one.name}.{column} holds vectors of other lengths than {dimension}: {', '.join(wrong)} numbers",
                    "nothing was written; set `dimension` of the database, or embed these rows anew",
                    USAGE,
                )
            said.append(f"{one.name}.{column}: {sum(row[1] for row in rows)} vectors of {dimension} numbers")
    return said


def require_fitting(target: Connection, tables: list[Table]) -> None:
    """Raises Failure when the target has one of the tables with other columns than the source."""
    for one in tables:
        there = table(target, one.name)
        if there is None:
            continue
        wanted, has = ({column.name: column.type for column in side.copied} for side in (one, there))
        if wrong := sorted(name for name, kind in wanted.items() if has.get(name) != kind):
            raise Failure(
                f"table {one.name} of the target differs in {', '.join(wrong)}",
                "nothing was written; change it by a migration, or move into a database without that table",
                USAGE,
            )
        if there.key != one.key:
            raise Failure(
                f"table {one.name} of the target has another primary key", "change it by a migration first", USAGE
            )
