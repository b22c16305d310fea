"""Reading rows that are left to move, and keeping their new vectors: each batch in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from operations.failure import Failure
from operations.reembed.postgres.statements import Statements
from operations.reembed.row import Row, Sampled

KEEP = (
    "with moved as (update {table} t set {after} = %(vector)s::{new} where t.{id} = %(id)s and {rows}"
    " and {digest} = %(digest)s returning t.{id} as id, t.{vector} as before)"
    " insert into {backup} (id, before, text_digest) select id, before, %(digest)s from moved"
    " on conflict (id) do update set text_digest = excluded.text_digest"
)
KEEP_ASIDE = (
    "insert into {backup} (id, before, after, text_digest) select t.{id}, t.{vector}, %(vector)s::{new}, %(digest)s"
    " from {table} t where t.{id} = %(id)s and {rows} and {digest} = %(digest)s for update of t"
    " on conflict (id) do update set after = excluded.after, text_digest = excluded.text_digest"
)
FIRST_PAGE = (
    "select t.{id}, t.{text}::text, {digest} from {table} t left join {backup} b on b.id = t.{id}"
    " where {rows} and {pending} order by t.{id} limit %(limit)s"
)
NEXT_PAGE = (
    "select t.{id}, t.{text}::text, {digest} from {table} t left join {backup} b on b.id = t.{id}"
    " where {rows} and {pending} and t.{id} > %(last)s order by t.{id} limit %(limit)s"
)


def remaining(statements: Statements) -> int:
    return statements.count(
        "select count(*) from {table} t left join {backup} b on b.id = t.{id} where {rows} and {pending}"
    )


def pages(statements: Statements, size: int) -> Iterator[list[Row]]:
    """In the order of the key; a row that changes behind the reader's back comes with the next round."""
    found = statements.run(FIRST_PAGE, limit=size).fetchall()
    while found:
        yield [_row(*entry) for entry in found]
        found = statements.run(NEXT_PAGE, limit=size, last=found[-1][0]).fetchall()


def store(statements: Statements, rows: Sequence[Row], vectors: Sequence[Sequence[float]]) -> int:
    """A row whose text has changed since it was read keeps waiting: its vector would be that of the old text."""
    user = statements.move.names.user_id
    values = [
        {"id": row.id, "digest": row.digest, "vector": json.dumps(list(vector)), "user": user}
        for row, vector in zip(rows, vectors, strict=True)
    ]
    with statements.connection.transaction(), statements.connection.cursor() as cursor:
        cursor.executemany(statements.filled(KEEP_ASIDE if statements.partial else KEEP), values)
        return cursor.rowcount


def current(statements: Statements, count: int) -> list[Sampled]:
    """Random rows with the vectors in use."""
    return _sampled(
        statements.run(
            "select t.{id}, t.{text}::text, {digest}, t.{vector}::text from {table} t where t.{id} in"
            " (select t.{id} from {table} t where {rows} order by random() limit %(limit)s)",
            limit=count,
        ).fetchall()
    )


def moved(statements: Statements, count: int) -> list[Sampled]:
    """Random rows with their new vectors, before the switch."""
    if statements.partial:
        found = statements.run(
            "select t.{id}, t.{text}::text, {digest}, b.after::text from {table} t join {backup} b on b.id = t.{id}"
            " where {rows} and b.text_digest = {digest} order by random() limit %(limit)s",
            limit=count,
        )
    else:
        found = statements.run(
            "select t.{id}, t.{text}::text, {digest}, t.{after}::text from {table} t join {backup} b on b.id = t.{id}"
            " where {rows} and b.text_digest = {digest} order by random() limit %(limit)s",
            limit=count,
        )
    return _sampled(found.fetchall())


def _sampled(found: Sequence[tuple[object, str | None, str, str]]) -> list[Sampled]:
    return [Sampled(_row(key, text, digest), json.loads(vector)) for key, text, digest, vector in found]


def _row(key: object, text: str | None, digest: str) -> Row:
    if text is None or not text.strip():
        raise Failure(f"row {key!r} has a vector but no text", "give it a text, or set its vector to null")
    return Row(key, text, digest)
