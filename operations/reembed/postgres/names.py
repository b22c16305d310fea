"""Names of what is moved, and of what a move makes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from operations.reembed.digest import digest
from operations.reembed.row import Target

LONGEST = 63
"""Bytes of an identifier; Postgres cuts longer ones silently."""


@dataclass(frozen=True)
class Names:
    """As the catalogue of the database spells them, without quotes. `user_id`: only rows with this in `user_column`."""

    schema: str
    table: str
    id_column: str
    text_column: str
    vector_column: str
    user_column: str = "user_id"
    user_id: str | None = None

    @property
    def scope(self) -> str:
        """Which rows: empty for all, else a digest, since records are for everybody to read."""
        return "" if self.user_id is None else digest(self.user_column, self.user_id)

    def move(self, target: Target) -> Move:
        parts = (self.schema, self.table, self.id_column, self.text_column, self.vector_column, self.scope)
        return Move(self, digest(*parts, target.model, str(target.dimension)))


@dataclass(frozen=True)
class Move:
    """Names that one move makes."""

    names: Names
    digest: str

    @cached_property
    def backup(self) -> str:
        return self.before(self.names.table)

    @cached_property
    def column_before(self) -> str:
        return self.before(self.names.vector_column)

    @cached_property
    def column_after(self) -> str:
        return self.after(self.names.vector_column)

    def before(self, name: str) -> str:
        return suffixed(name, f"_before_{self.digest}")

    def after(self, name: str) -> str:
        return suffixed(name, f"_after_{self.digest}")


def suffixed(name: str, suffix: str) -> str:
    """The name with the suffix, its own end cut where both would be too long together."""
    room = LONGEST - len(suffix.encode())
    return name.encode()[:room].decode(errors="ignore") + suffix
