"""Chunks and their vectors in Postgres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import Connection

from operations.databases.told import told
from operations.failure import Failure
from operations.retrieval.chunks import Chunk
from operations.retrieval.embedder import Vector
from operations.retrieval.passage import Passage
from operations.retrieval.schema import drop, prepare

OPTIONS = "-c statement_timeout=60s -c lock_timeout=30s -c idle_in_transaction_session_timeout=60s"


class Store:
    """Rows of one embedding model. Sources that a question does not name are left alone."""

    def __init__(self, connection: Connection, model: str) -> None:
        self._connection = connection
        self._model = model

    def missing(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        """The chunks that have no vector yet, each once."""
        rows = self._connection.execute(
            "select source, digest from retrieval.chunks where source = any(%s)",
            [sorted({chunk.source for chunk in chunks})],
        )
        known = set(rows.fetchall())
        wanted = {(chunk.source, chunk.digest(self._model)): chunk for chunk in chunks}
        return [chunk for key, chunk in wanted.items() if key not in known]

    def add(self, chunks: Sequence[Chunk], vectors: Sequence[Vector]) -> None:
        """One batch in one transaction, so that an interrupted run keeps what it has embedded."""
        rows = [
            (chunk.source, chunk.digest(self._model), self._model, chunk.heading, chunk.text, _literal(vector))
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(
                "insert into retrieval.chunks (source, digest, model, heading, text, embedding)"
                " values (%s, %s, %s, %s, %s, %s::halfvec) on conflict do nothing",
                rows,
            )

    def prune(self, chunks: Sequence[Chunk], sources: Sequence[str]) -> int:
        """Removes from `sources` every row that is none of `chunks`; returns how many went."""
        kept = [(chunk.source, chunk.digest(self._model)) for chunk in chunks]
        with self._connection.transaction():
            return self._connection.execute(
                "delete from retrieval.chunks c where source = any(%s) and not exists (select from"
                " unnest(%s::text[], %s::text[]) kept (source, digest)"
                " where kept.source = c.source and kept.digest = c.digest)",
                [list(sources), [source for source, _ in kept], [digest for _, digest in kept]],
            ).rowcount

    def hybrid(self, vector: Vector, question: str, sources: Sequence[str], limit: int) -> list[Passage]:
        """By meaning and by words, the two orders merged by reciprocal rank fusion; among `sources` only."""
        with self._connection.transaction():
            # Without iteration, an index scan stops before it has found enough rows of the wanted sources.
            self._connection.execute("set local hnsw.iterative_scan = strict_order")
            self._connection.execute("set local hnsw.ef_search = 100")
            rows = self._connection.execute(
                "select source, c.heading, c.text, found.score from retrieval.search_hybrid("
                "%(query)s::halfvec, %(question)s, %(model)s, %(sources)s, %(limit)s, %(limit)s) found"
                " join retrieval.chunks c using (source, digest) order by found.score desc, source, digest",
                {
                    "query": _literal(vector),
                    "question": question,
                    "sources": list(sources),
                    "model": self._model,
                    "limit": limit,
                },
            ).fetchall()
        return [Passage(*row) for row in rows]


@contextmanager
def open_store(conninfo: str, model: str, dimension: int, remedy: str, *, rebuild: bool = False) -> Iterator[Store]:
    """A store whose tables fit `dimension`. Raises Failure, never with the password, a text or a vector in it."""
    try:
        with psycopg.connect(conninfo, connect_timeout=5, options=OPTIONS, autocommit=True) as connection:
            if rebuild:
                drop(connection)
            prepare(connection, dimension)
            yield Store(connection, model)
    except psycopg.Error as error:
        raise Failure(f"{address(conninfo)}: {told(error)}", remedy) from None


def address(conninfo: str) -> str:
    """Which database it is, for messages: without user and password."""
    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    return f"postgres at {parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"


def _literal(vector: Vector) -> str:
    return "[" + ",".join(map(str, vector)) + "]"
