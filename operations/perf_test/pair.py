"""The calls that are timed. Every answer is checked: a fast wrong one does not count."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from operations.perf_test.texts import Texts
from operations.retrieval.embedder import Embedder
from operations.retrieval.remote import Remote, session

DOCUMENTS = 20
TIMEOUT = 60.0


@dataclass(frozen=True)
class Pair:
    """Both services over connections that stay open. A call that is turned away is a failure, not repeated."""

    embedder: Embedder
    reranker: Remote
    texts: Texts
    batch: int

    @classmethod
    def connect(cls, embed: Remote, rerank: Remote, texts: Texts, batch: int) -> Pair:
        """Raises Failure when one of them is not there."""
        # Loading of models is waited for; what is timed is not repeated.
        ready = Embedder.connect(embed)
        rerank.get("/health")
        once = session(0)
        embedder = replace(ready, remote=replace(embed, pool=once), batch_size=batch)
        return cls(embedder, replace(rerank, pool=once), texts, batch)

    def embed_one(self) -> None:
        self.embed_this(self.texts.one())

    def embed_this(self, text: str) -> None:
        self.embedder.query(text)

    def embed_batch(self) -> None:
        for _ in self.embedder.batches(self.texts.many(self.batch)):
            pass

    def rerank(self) -> None:
        self.rerank_these(self.texts.one(), self.texts.many(DOCUMENTS))

    def rerank_these(self, query: str, documents: list[str]) -> None:
        """Raises Failure unless every document has one finite score."""
        answer = self.reranker.post("/rerank", {"query": query, "documents": documents}, TIMEOUT)
        try:
            scores = {int(entry["index"]): float(entry["score"]) for entry in answer["results"]}
        except (KeyError, TypeError, ValueError):
            raise self.reranker.failure("/rerank: not an answer of a rerank service") from None
        if scores.keys() != set(range(len(documents))) or not all(map(math.isfinite, scores.values())):
            raise self.reranker.failure(f"/rerank: not one finite score for each of {len(documents)} documents")
