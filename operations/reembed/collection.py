"""What a store of vectors must be able to do, so that a move can be made, broken off, taken up again and undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from operations.reembed.row import Row, Sampled, Survey, Target


class Collection(Protocol):
    """One table or collection. All methods raise Failure; each may be called again after any kill.

    Until `switch` has returned True, whoever searches the collection sees the old vectors only.
    """

    def survey(self, target: Target) -> Survey:
        """Reads only. Refuses what cannot be moved to the target."""

    def current(self, count: int) -> list[Sampled]:
        """Random rows with the vectors that are in use."""

    def prepare(self) -> str:
        """Makes the verified backup and the place for new vectors, where they are missing; says what the backup is."""

    def remaining(self) -> int:
        """Rows without a vector of the target, or with one of an earlier text."""

    def pages(self, size: int) -> Iterator[list[Row]]:
        """The remaining rows."""

    def store(self, rows: Sequence[Row], vectors: Sequence[list[float]]) -> int:
        """Keeps new vectors of rows that are still as they were read; how many that were."""

    def moved(self, count: int) -> list[Sampled]:
        """Random rows with their new vectors."""

    def build(self) -> list[str]:
        """Makes the indexes that searches will need, where they are missing; their names."""

    def switch(self) -> bool:
        """Puts the new vectors to use in one step. False, with nothing changed, if rows remain."""

    def back(self) -> str:
        """Undoes a move, finished or not; says what it did."""

    def drop_backup(self) -> str:
        """Removes what `back` needs; says what it did."""
