"""Client of the embed service."""

from __future__ import annotations

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
        """The question's vector."""
        return self._embed([text], "query")[0]

    def _embed(self, texts: Sequence[str], input_type: Literal["query", "passage"]) -> list[Vector]:
        answer = self.remote.post("/embed", {"text": list(texts), "input_type": input_type}, TIMEOUT)
        vectors = answer.get("embedding") if isinstance(answer, dict) else None
        if not isinstance(vectors, list) or [len(vector) for vector in vectors] != [self.dimension] * len(texts):
            raise self.remote.failure(f"expected {len(texts)} vectors of {self.dimension} numbers, got something else")
        return vectors
