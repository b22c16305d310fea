"""The rows that have no content id yet, and the id that is written back to each."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

from operations.failure import USAGE, Failure
from operations.replicate.content_store import ContentStore

LOCK = 0x7265706C
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """One table. `fields` are stored with each row; `content_column` takes the id; `key` tells rows apart."""

    connection: Connection
    table: str
    key: str
    content_column: str
    fields: Sequence[str]
    batch: int

    def replicate(self, store: ContentStore, say: Say) -> int:
        """Stores every row that has no id yet. A row that changes meanwhile is stored as it is then. Returns how many
        ids were written. Raises Failure; what was written so far stays."""
        row = self.connection.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if not row or not row[0]:
            raise Failure("another run is at work on this database", "wait for it")
        self._require_columns()
        done, total = 0, self.waiting()
        while rows := self._next(None):
            while rows:
                for version, key, values in rows:
                    done += self._write(version, key, store.put(content(self.fields, values)))
                say(f"{self.table}: {done} of {max(total, done)} rows stored in {store.place}")
                rows = self._next(rows[-1][1])
        return done

    def waiting(self) -> int:
        """How many rows have no id yet."""
        query = self._filled("select count(*) from {table} where {content} is null")
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _next(self, after: Any) -> list[tuple[str, Any, tuple[Any, ...]]]:
        """The next rows behind a key; from the first one for None."""
        query = self._filled(
            "select t.xmin::text, t.{key}, {fields} from {table} t where t.{content} is null {after}"
            " order by t.{key} limit {batch}",
            after=sql.SQL("") if after is None else self._filled("and t.{key} > %s"),
        )
        rows = self.connection.execute(query, None if after is None else [after]).fetchall()
        return [(row[0], row[1], tuple(row[2:])) for row in rows]

    def _write(self, version: str, key: Any, identifier: str) -> int:
        """Only to the row as it was read: the id of an older text must not stand beside a newer one."""
        query = self._filled(
            "update {table} set {content} = %s where {key} = %s and xmin::text = %s and {content} is null"
        )
        return self.connection.execute(query, [identifier, key, version]).rowcount

    def _require_columns(self) -> None:
        found = {
            row[0]
            for row in self.connection.execute(
                "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
                [sql.Identifier(self.table).as_string(self.connection)],
            ).fetchall()
        }
        if missing := {self.key, self.content_column, *self.fields} - found:
            known = ", ".join(sorted(found)) or "none, or there is no such table"
            raise Failure(
                f"table {self.table} has no column {', '.join(sorted(missing))} (known: {known})", "name others", USAGE
            )

    def _filled(self, text: str, **more: sql.Composable) -> sql.Composed:
        fields = sql.SQL(", ").join(sql.SQL("t.{}::text").format(sql.Identifier(field)) for field in self.fields)
        return sql.SQL(text).format(
            table=sql.Identifier(self.table), key=sql.Identifier(self.key), fields=fields,
            content=sql.Identifier(self.content_column), batch=sql.Literal(self.batch), **more,
        )  # fmt: skip


def content(fields: Sequence[str], values: Sequence[str | None]) -> bytes:
    """The same bytes for the same row, always: an id depends on every one of them."""
    document = dict(zip(fields, values, strict=True))
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
