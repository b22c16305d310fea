"""What a collection holds: a text, its key and its vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """`digest` tells one state of the row from another: it changes with all that the vector is made from."""

    id: Any
    text: str
    digest: str


@dataclass(frozen=True)
class Sampled:
    """A row and the vector that is stored for it."""

    row: Row
    vector: list[float]


@dataclass(frozen=True)
class Target:
    """Where a collection is moved to."""

    model: str
    dimension: int


@dataclass(frozen=True)
class Survey:
    """What is there before anything is written. `dimension` is None where a column leaves it open; `begun`: an
    earlier run has begun just this move; `finished`: one has ended it, and it can still be undone."""

    place: str
    rows: int
    dimension: int | None
    begun: bool
    finished: bool
