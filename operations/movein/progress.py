"""How far a move has come: the table `movein.progress` of the target, written with the rows that it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection
from psycopg.types.json import Jsonb

MAKE = """
create schema if not exists movein;
create table if not exists movein.progress (
    source text not null,
    name text not null,
    last_key jsonb,
    copied bigint not null default 0,
    done boolean not null default false,
    primary key (source, name)
);
revoke all on schema movein from public;
"""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """`last_key` is that of the last row that is in, as texts; None before the first."""

    last_key: tuple[str, ...] | None
    copied: int
    done: bool


def read(target: Connection, source: str, name: str) -> Progress:
    row = target.execute(
        "select last_key, copied, done from movein.progress where source = %s and name = %s", [source, name]
    ).fetchone()
    if row is None:
        return Progress(last_key=None, copied=0, done=False)
    return Progress(last_key=tuple(row[0]) if row[0] is not None else None, copied=row[1], done=row[2])


def write(target: Connection, source: str, name: str, progress: Progress) -> None:
    key: Sequence[str] | None = progress.last_key
    target.execute(
        "insert into movein.progress (source, name, last_key, copied, done) values (%s, %s, %s, %s, %s)"
        " on conflict (source, name) do update set last_key = excluded.last_key, copied = excluded.copied,"
        " done = excluded.done",
        [source, name, Jsonb(list(key)) if key is not None else None, progress.copied, progress.done],
    )


def forget(target: Connection, source: str, name: str) -> None:
    target.execute("delete from movein.progress where source = %s and name = %s", [source, name])
