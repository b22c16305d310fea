"""From a question and documents to the passages that answer it best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from operations.retrieval.chunks import split
from operations.retrieval.connections import Connections
from operations.retrieval.documents import Document
from operations.retrieval.embedder import Embedder
from operations.retrieval.index import Progress, Synced, sync
from operations.retrieval.reranker import Ranking, rerank
from operations.retrieval.store import open_store


@dataclass(frozen=True)
class Search:
    """How to cut and how much to return; sizes in characters. `rebuild` forgets all that was embedded before."""

    top_k: int = 5
    chunk_size: int = 1000
    overlap: int = 200
    rebuild: bool = False

    @property
    def candidates(self) -> int:
        """Enough for reranking to mend the vectors' order, few enough to be read in a fraction of a second."""
        return max(20, 4 * self.top_k)

    def run(
        self, connections: Connections, documents: Sequence[Document], question: str, say: Progress
    ) -> tuple[Ranking, Synced]:
        """The best passages, best first. Raises Failure if the embed service or Postgres is not there."""
        chunks = [chunk for document in documents for chunk in split(document, self.chunk_size, self.overlap)]
        sources = [document.source for document in documents]
        embedder = Embedder.connect(connections.embed)
        with open_store(
            connections.database, embedder.model, embedder.dimension, connections.remedy, rebuild=self.rebuild
        ) as store:
            synced = sync(store, embedder, sources, chunks, say)
            near = store.nearest(embedder.query(question), sources, self.candidates)
        ranking = rerank(connections.rerank, question, near)
        return Ranking(ranking.passages[: self.top_k], ranking.warning), synced
