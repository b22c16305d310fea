"""The embed service as a move sees it: patient, and held to one model from the first row to the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from urllib3.util import Retry

from operations.failure import Failure
from operations.reembed.row import Row, Target
from operations.retrieval.embedder import Embedder, Vector, has_direction
from operations.retrieval.remote import Refused, Remote, session

PATIENT = Retry(
    total=12,
    connect=5,
    read=2,
    status=10,
    backoff_factor=1.0,
    backoff_max=20,
    status_forcelist=[429, 503],
    allowed_methods=None,
    raise_on_status=False,
    retry_after_max=60,
)
"""Rides out a restart of the service and a queue that others fill; gives up after ten minutes at most."""
DIVISIBLE = frozenset({400, 413, 422})
"""Statuses that may be about one text, or the sum of all: the halves tell."""
PROBE = "dimension"


@dataclass(frozen=True)
class Service:
    """Vectors of one model."""

    embedder: Embedder

    @classmethod
    def connect(cls, remote: Remote, retries: Retry = PATIENT) -> Service:
        """Asks for model and dimension and has one text embedded, which must be as long as /health says."""
        embedder = Embedder.connect(replace(remote, pool=session(retries)))
        next(embedder.batches([PROBE]))
        return cls(embedder)

    @property
    def target(self) -> Target:
        return Target(self.embedder.model, self.embedder.dimension)

    def vectors(self, rows: Sequence[Row]) -> list[Vector]:
        """One for each row, in order. Raises Failure; where one text is at fault, with that row's key."""
        try:
            found = [vector for batch in self._batches(rows) for vector in batch]
        except Refused as refused:
            if refused.status not in DIVISIBLE:
                raise
            if len(rows) == 1:
                # Without the service's words, which may quote the text.
                raise Failure(
                    f"the embed service answers {refused.status} to the text of row {rows[0].id!r}",
                    "mend or remove the row, then run the same command again",
                ) from None
            middle = len(rows) // 2
            return self.vectors(rows[:middle]) + self.vectors(rows[middle:])
        for row, vector in zip(rows, found, strict=True):
            if not has_direction(vector):
                raise self.embedder.remote.failure(f"the vector of row {row.id!r} has no direction")
        return found

    def require_same(self) -> None:
        """Raises Failure when another model runs there by now: one collection must not hold vectors of two."""
        now = Embedder.connect(self.embedder.remote)
        if (now.model, now.dimension) != (self.embedder.model, self.embedder.dimension):
            raise self.embedder.remote.failure(
                f"the model is {now.model} ({now.dimension} numbers) by now, this move began with"
                f" {self.embedder.model} ({self.embedder.dimension})"
            )

    def _batches(self, rows: Sequence[Row]) -> list[list[Vector]]:
        return list(replace(self.embedder, batch_size=len(rows)).batches([row.text for row in rows]))
