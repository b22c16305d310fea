"""Whether a table can be moved to a model at all. Told before anything is written."""

from __future__ import annotations

from operations.failure import USAGE, Failure
from operations.reembed.postgres.names import Names
from operations.reembed.postgres.record import Record
from operations.reembed.postgres.shape import Shape
from operations.reembed.row import Target

INDEXABLE = {"vector": 2000, "halfvec": 4000}
"""Longest vectors that hnsw and ivfflat of pgvector 0.8 take."""
METHODS = frozenset({"hnsw", "ivfflat"})


def require_fitting(shape: Shape, names: Names, target: Target) -> None:
    """Raises Failure with the first thing that stands against the move."""
    if names.user_id is not None:
        if shape.vector.dimension not in (None, target.dimension):
            raise Failure(
                f"column {names.vector_column!r} takes vectors of {shape.vector.dimension} numbers only, the model"
                f" gives {target.dimension}: rows of one user cannot move alone",
                "move the whole table: leave --user-id out", USAGE,
            )  # fmt: skip
        return
    if shape.uses:
        raise Failure(
            f"column {names.vector_column!r} is used by {', '.join(shape.uses)}, which would keep the old vectors",
            "drop them before the move and make them anew after it", USAGE,
        )  # fmt: skip
    if shape.vector.privileges:
        raise Failure(f"column {names.vector_column!r} has privileges of its own", "grant them on the table", USAGE)
    _require_indexable(shape, names, target)


def require_free(found: list[Record], names: Names, target: Target) -> None:
    """Raises Failure when another move of the column is open. Moves of different users do not meet."""
    for record in found:
        meets = not record.scope or not names.scope or record.scope == names.scope
        same = record.digest == names.move(target).digest
        if meets and not same:
            raise Failure(
                f"column {names.vector_column!r} has a move to {record.model} ({record.dimension} numbers,"
                f" {record.state}) that is still open",
                "first the same command with --back to undo it, or --drop-backup to close it", USAGE,
            )  # fmt: skip


def _require_indexable(shape: Shape, names: Names, target: Target) -> None:
    if shape.indexes and shape.vector.dimension is None:
        raise Failure(
            f"column {names.vector_column!r} has indexes, but leaves the dimension of its vectors open",
            f"give it one first: alter column ... type {shape.vector.kind}(N)", USAGE,
        )  # fmt: skip
    for index in shape.indexes:
        kind = "halfvec" if "halfvec" in index.definition else shape.vector.kind
        if index.method in METHODS and target.dimension > INDEXABLE[kind] and "bit" not in index.definition:
            raise Failure(
                f"index {index.name!r} cannot hold {kind} of {target.dimension} numbers, {INDEXABLE[kind]} at most",
                f"make it one on ({names.vector_column}::halfvec(N)), or drop it, before the move", USAGE,
            )  # fmt: skip
