"""What a few rows tell before the move: how fast the service is, and whether the rows are its model's already."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from operations.failure import Failure
from operations.reembed.row import Sampled
from operations.reembed.service import Service
from operations.reembed.similarity import SAME, cosine


@dataclass(frozen=True)
class Measured:
    """`alike` is the median cosine of stored vectors to new ones, where they are `comparable`: of one dimension."""

    texts: int
    seconds: float
    alike: float
    comparable: bool

    @property
    def rate(self) -> float:
        """Rows a second, at the size of this batch."""
        return self.texts / max(self.seconds, 1e-6)

    @property
    def same_model(self) -> bool:
        return self.texts > 0 and self.alike >= SAME


def measure(service: Service, sample: Sequence[Sampled]) -> Measured:
    """Raises Failure when the service does not answer."""
    if not sample:
        return Measured(0, 0.0, 0.0, comparable=False)
    begun = time.monotonic()
    vectors = service.vectors([one.row for one in sample])
    seconds = time.monotonic() - begun
    pairs = zip(sample, vectors, strict=True)
    alike = statistics.median(cosine(one.vector, vector) for one, vector in pairs)
    comparable = all(len(one.vector) == service.target.dimension for one in sample)
    return Measured(len(sample), seconds, alike, comparable)


def require_alike(service: Service, sample: Sequence[Sampled]) -> float:
    """The lowest cosine of stored vectors to those that the service gives now. Raises Failure below 0.999."""
    vectors = service.vectors([one.row for one in sample])
    pairs = zip(sample, vectors, strict=True)
    lowest, worst = min(((cosine(one.vector, vector), str(one.row.id)) for one, vector in pairs), default=(1.0, ""))
    if lowest < SAME:
        raise Failure(
            f"row {worst}: its new vector and the one that the service gives now have a cosine of {lowest:.4f}, less"
            f" than {SAME}; the old vectors stay in use",
            "find out why the service's model is not what it was; then undo the move with --back, and move again",
        )
    return lowest
