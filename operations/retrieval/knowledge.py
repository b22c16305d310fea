"""Search in a database of the knowledge schema (catalogue/schemas/knowledge): by meaning, by words, by both.

The work is done by the database's own functions, which any application may call just so. This module reads only, and
names passages by the paths of their documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import Connection, sql
from psycopg.abc import Params

from operations.databases.told import told
from operations.failure import Failure
from operations.retrieval.embedder import Vector
from operations.retrieval.passage import Passage
from operations.retrieval.store import OPTIONS, address

LARGEST_CANDIDATES = 1000
"""The most that one scan of an HNSW index can look at (hnsw.ef_search)."""
TABLES = ("documents", "chunks", "embeddings")


class Knowledge:
    """One database. `tables` maps the schema's names of its tables to those that they have here."""

    def __init__(self, connection: Connection, tables: Mapping[str, str]) -> None:
        self._connection = connection
        self._tables = {name: sql.Identifier(tables.get(name, name)) for name in TABLES}

    def semantic(self, vector: Vector, model: str, wanted: int) -> list[Passage]:
        """Closest first by cosine similarity."""
        return self._passages(
            "search_semantic(%s::halfvec, %s, %s)", [literal(vector), model, wanted], wanted=wanted, vector=vector
        )

    def text(self, question: str, wanted: int) -> list[Passage]:
        """Those with the most of the question's words first."""
        return self._passages("search_text(%s, %s)", [question, wanted], wanted=wanted)

    def hybrid(
        self, vector: Vector, question: str, model: str, wanted: int, candidates: int | None = None
    ) -> list[Passage]:
        """Both orders merged by reciprocal rank fusion, of `candidates` from each (twice what is wanted)."""
        each = candidates or 2 * wanted
        arguments = [literal(vector), question, model, wanted, each]
        return self._passages("search_hybrid(%s::halfvec, %s, %s, %s, %s)", arguments, wanted=each, vector=vector)

    def _passages(
        self, function: str, arguments: Params, *, wanted: int, vector: Sequence[float] = ()
    ) -> list[Passage]:
        if not 1 <= wanted <= LARGEST_CANDIDATES:
            raise Failure(f"{wanted} candidates were asked for, {LARGEST_CANDIDATES} at most", "ask for fewer")
        query = sql.SQL(
            "select d.path, c.heading_path, c.text, found.score from {function} found"
            " join {chunks} c on c.id = found.chunk_id join {documents} d on d.id = c.document_id"
            " order by found.score desc, found.chunk_id"
        ).format(function=sql.SQL(function), **self._tables)
        with self._connection.transaction():
            if vector:
                self._require_dimension(len(vector))
            # A scan ends after so many rows; those of other models are among them.
            scanned = sql.Literal(min(max(100, 2 * wanted), LARGEST_CANDIDATES))
            self._connection.execute(sql.SQL("set local hnsw.ef_search = {}").format(scanned))
            self._connection.execute("set local hnsw.iterative_scan = strict_order")
            return [Passage(*row) for row in self._connection.execute(query, arguments).fetchall()]

    def _require_dimension(self, given: int) -> None:
        place = self._tables["embeddings"].as_string(self._connection)
        row = self._connection.execute(
            "select atttypmod from pg_attribute where attrelid = to_regclass(%s) and attname = 'embedding'", [place]
        ).fetchone()
        if row is None:
            raise Failure(f"there is no table {place} with embeddings", "run: scripts/migrate")
        if row[0] != given:
            raise Failure(
                f"table {place} holds vectors of {row[0]} numbers, the embed service gives {given}",
                "ask with the model that the table was filled with: EMBED_SERVICE_URL",
            )


@contextmanager
def open_knowledge(conninfo: str, tables: Mapping[str, str], remedy: str) -> Iterator[Knowledge]:
    """Raises Failure, never with the password, a text or a vector in its message."""
    try:
        with psycopg.connect(conninfo, connect_timeout=5, options=OPTIONS, autocommit=True) as connection:
            yield Knowledge(connection, tables)
    except psycopg.Error as error:
        raise Failure(f"{address(conninfo)}: {told(error)}", remedy) from None


def literal(vector: Vector) -> str:
    """As pgvector reads it."""
    return "[" + ",".join(map(str, vector)) + "]"
