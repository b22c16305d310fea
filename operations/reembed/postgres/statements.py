"""SQL of one move. Names go in as quoted identifiers, values as parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection, Cursor, sql

from operations.reembed.postgres.names import Move

DIGEST = sql.SQL("encode(sha256(convert_to(t.{}::text, 'UTF8')), 'hex')")
PENDING = sql.SQL("b.text_digest is distinct from {}")
PENDING_COLUMN = sql.SQL("(b.text_digest is distinct from {} or t.{} is null)")


def identifier(*names: str) -> sql.Identifier:
    """For statements with parameters, where a lone per cent sign would begin one."""
    return sql.Identifier(*(name.replace("%", "%%") for name in names))


@dataclass(frozen=True)
class Statements:
    """Runs templates with the names of one move: t is the table, b its backup in them.

    `{rows}` are the rows that are to be moved: of the user, with a vector. `new` is the type of the new vectors.
    """

    connection: Connection
    move: Move
    new: str

    @property
    def partial(self) -> bool:
        """Whether the rows of one user move, within the column."""
        return self.move.names.user_id is not None

    def run(self, template: LiteralString, **values: Any) -> Cursor:
        return self.connection.execute(self.filled(template), {"user": self.move.names.user_id, **values})

    def count(self, template: LiteralString, **values: Any) -> int:
        """The number that the statement answers."""
        row = self.run(template, **values).fetchone()
        return int(row[0]) if row else 0

    def filled(self, template: LiteralString) -> sql.Composed:
        names, move = self.move.names, self.move
        digest = DIGEST.format(identifier(names.text_column))
        after = identifier(move.column_after)
        return sql.SQL(template).format(
            table=identifier(names.schema, names.table),
            backup=identifier(names.schema, move.backup),
            id=identifier(names.id_column),
            text=identifier(names.text_column),
            vector=identifier(names.vector_column),
            before=identifier(move.column_before),
            after=after,
            new=sql.SQL(self.new),
            digest=digest,
            rows=self._rows(),
            pending=PENDING.format(digest) if self.partial else PENDING_COLUMN.format(digest, after),
        )

    def _rows(self) -> sql.Composed:
        names = self.move.names
        mine = sql.SQL(" and t.{} = %(user)s").format(identifier(names.user_column))
        return sql.Composed(
            [
                sql.SQL("t.{} is not null").format(identifier(names.vector_column)),
                mine if self.partial else sql.SQL(""),
            ]
        )
