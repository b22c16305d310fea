"""From a question and documents to the passages that answer it best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from operations.retrieval.chunks import split
from operations.retrieval.connections import Connections
from operations.retrieval.documents import Document
from operations.retrieval.embedder import Embedder
from operations.retrieval.index import Progress, Synced, sync
from operations.retrieval.knowledge import open_knowledge
from operations.retrieval.reranker import Ranking, rerank
from operations.retrieval.store import open_store


@dataclass(frozen=True)
class KnowledgeSource:
    """A database of the knowledge schema, as its read role reaches it."""

    conninfo: str = field(repr=False)
    tables: Mapping[str, str]


@dataclass(frozen=True)
class Search:
    """How to cut and how much to return; sizes in characters. `rebuild` forgets all that was embedded before."""

    top_k: int = 5
    chunk_size: int = 1000
    overlap: int = 200
    rebuild: bool = False

    @property
    def candidates(self) -> int:
        """Of each order, and of both merged: enough for reranking to mend it, few enough to be read at once."""
        return max(24, 2 * self.top_k)

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
            near = store.hybrid(embedder.query(question), question, sources, self.candidates)
        ranking = rerank(connections.rerank, question, near)
        return Ranking(ranking.passages[: self.top_k], ranking.warning), synced

    def in_knowledge(self, connections: Connections, source: KnowledgeSource, question: str) -> Ranking:
        """The best passages of a database of the knowledge schema, best first. Raises Failure as `run` does."""
        embedder = Embedder.connect(connections.embed)
        with open_knowledge(source.conninfo, source.tables, connections.remedy) as knowledge:
            found = knowledge.hybrid(
                embedder.query(question), question, embedder.model, self.candidates, self.candidates
            )
        ranking = rerank(connections.rerank, question, found)
        return Ranking(ranking.passages[: self.top_k], ranking.warning)
