"""Whether two tables hold the same rows: their number, and a sum over a digest of each row's text."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection, sql

from operations.movein.shape import Table


@dataclass(frozen=True, kw_only=True)
class Checksum:
    """The same for the same rows, in whatever order they lie."""

    rows: int
    digest: str

    def __str__(self) -> str:
        return f"{self.rows} rows {self.digest}"


def checksum(connection: Connection, table: Table) -> Checksum:
    query = sql.SQL(
        "select count(*), coalesce(mod(sum(('x' || substr(md5(row({columns})::text), 1, 15))::bit(60)::bigint),"
        " 1152921504606846976), 0)::bigint from {table} t"
    ).format(columns=table.names("t."), table=table.place)
    row = connection.execute(query).fetchone()
    assert row is not None  # noqa: S101  (an aggregate gives one row)
    return Checksum(rows=int(row[0]), digest=f"{int(row[1]):015x}")
