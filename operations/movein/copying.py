"""Rows go over in batches along the primary key; each batch and the note of it are one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from psycopg import Connection, sql

from operations.movein import progress
from operations.movein.progress import Progress
from operations.movein.shape import Table

Say = Callable[[str], None]


@dataclass(frozen=True)
class Copying:
    """From one source to one target; `label` names the source in the target's notes."""

    source: Connection
    target: Connection
    label: str
    batch: int
    say: Say

    def table(self, table: Table) -> int:
        """Copies what is not there yet. Returns how many rows went over in this run."""
        row = self.source.execute(sql.SQL("select count(*) from {}").format(table.place)).fetchone()
        total, moved = int(row[0]) if row else 0, 0
        state = progress.read(self.target, self.label, table.name)
        while not state.done:
            until = _boundary(self.source, table, state.last_key, self.batch)
            with self.target.transaction():
                count = _copy(self.source, self.target, table, (state.last_key, until))
                state = Progress(last_key=until or state.last_key, copied=state.copied + count, done=until is None)
                progress.write(self.target, self.label, table.name, state)
            moved += count
            self.say(f"{table.name}: {state.copied} of {total} rows")
        return moved


Key = Sequence[str] | None


def _boundary(source: Connection, table: Table, after: Key, batch: int) -> tuple[str, ...] | None:
    """Key of the last row of the next batch, by the source's own order; None when the rest fits into it."""
    keys = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in table.key)
    query = sql.SQL("select {keys} from {table} t where {range} order by {order} offset {batch} limit 1").format(
        keys=keys, table=table.place, range=_range(table, after, None), order=_order(table),
        batch=sql.Literal(batch - 1),
    )  # fmt: skip
    row = source.execute(query).fetchone()
    return tuple(row) if row else None


def _copy(source: Connection, target: Connection, table: Table, between: tuple[Key, Key]) -> int:
    out = sql.SQL("copy (select {columns} from {table} t where {range} order by {order}) to stdout").format(
        columns=table.names("t."), table=table.place, range=_range(table, *between), order=_order(table)
    )
    into = sql.SQL("copy {table} ({columns}) from stdin").format(table=table.place, columns=table.names())
    with source.cursor() as reader, target.cursor() as writer:
        with reader.copy(out) as rows, writer.copy(into) as put:
            for block in rows:
                put.write(block)
        return writer.rowcount


def _range(table: Table, after: Key, until: Key) -> sql.Composable:
    conditions: list[sql.Composable] = [sql.SQL("true")]
    keys = sql.SQL("({})").format(sql.SQL(", ").join(sql.SQL("t.") + sql.Identifier(name) for name in table.key))
    types = {column.name: column.type for column in table.columns}
    for sign, bound in ((" > ", after), (" <= ", until)):
        if bound is not None:
            values = [
                sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(types[name]))
                for name, value in zip(table.key, bound, strict=True)
            ]
            conditions.append(keys + sql.SQL(sign) + sql.SQL("({})").format(sql.SQL(", ").join(values)))
    return sql.SQL(" and ").join(conditions)


def _order(table: Table) -> sql.Composable:
    return sql.SQL(", ").join(sql.SQL("t.") + sql.Identifier(name) for name in table.key)
