"""Client of the embed service."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from operations.retrieval.remote import Remote

Vector = list[float]
TIMEOUT = 120.0


@dataclass(frozen=True)
class Embedder:
    """Knows the service's model and dimension, and holds every answer to them."""

    remote: Remote
    model: str
    dimension: int
    batch_size: int

    @classmethod
    def connect(cls, remote: Remote, batch_size: int = 64) -> Embedder:
        """Asks the service what it is. Raises Failure if it is not there or has no model yet."""
        health = remote.get("/health")
        try:
            return cls(remote, str(health["model"]), int(health["dimension"]), batch_size)
        except (KeyError, TypeError, ValueError):
            raise remote.failure(f"/health tells no model and dimension: {health}") from None

    def batches(self, texts: Sequence[str]) -> Iterator[list[Vector]]:
        """Vectors of the passages, batch by batch and in order."""
        for start in range(0, len(texts), self.batch_size):
            yield self._embed(texts[start : start + self.batch_size], "passage")

    def query(self, text: str) -> Vector:
        """The question's vector. Raises Failure for one that nothing is near to."""
        vector = self._embed([text], "query")[0]
        if not has_direction(vector):
            raise self.remote.failure("the question's vector has no direction")
        return vector

    def _embed(self, texts: Sequence[str], input_type: Literal["query", "passage"]) -> list[Vector]:
        answer = self.remote.post("/embed", {"text": list(texts), "input_type": input_type}, TIMEOUT)
        vectors = answer.get("embedding") if isinstance(answer, dict) else None
        if not isinstance(vectors, list) or len(vectors) != len(texts) or not all(map(self._fits, vectors)):
            raise self.remote.failure(f"expected {len(texts)} vectors of {self.dimension} numbers, got something else")
        return vectors

    def _fits(self, vector: object) -> bool:
        if not isinstance(vector, list) or len(vector) != self.dimension:
            return False
        return all(isinstance(number, float | int) for number in vector)


def has_direction(vector: Vector) -> bool:
    """Whether a search by angle can do anything with it: neither zero, nor with a number that is none."""
    return 0 < math.hypot(*vector) < math.inf
