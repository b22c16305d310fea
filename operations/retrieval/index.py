"""Keeps the store in step with the documents: embeds what changed, removes what vanished."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from operations.retrieval.chunks import Chunk
from operations.retrieval.embedder import Embedder, has_direction
from operations.retrieval.store import Store

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Synced:
    """Counts of chunks."""

    total: int
    embedded: int
    removed: int


def sync(store: Store, embedder: Embedder, sources: Sequence[str], chunks: Sequence[Chunk], say: Progress) -> Synced:
    """Makes the rows of `sources` those of `chunks`. Broken off, it goes on with what is still missing next time."""
    missing = store.missing(chunks)
    done = 0
    for vectors in embedder.batches([chunk.content for chunk in missing]):
        batch = missing[done : done + len(vectors)]
        if lost := [chunk.source for chunk, vector in zip(batch, vectors, strict=True) if not has_direction(vector)]:
            raise embedder.remote.failure(f"the vector of a chunk of {lost[0]} has no direction; it is not stored")
        store.add(batch, vectors)
        done += len(vectors)
        say(f"embedded {done} of {len(missing)} chunks")
    return Synced(total=len(chunks), embedded=done, removed=store.prune(chunks, sources))
