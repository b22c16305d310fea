"""Two ways to score documents against a query: a cross-encoder, or late interaction of token vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from inference.graph import Floats, Graph, normalised
from inference.models import ModelFolder
from inference.tokens import Tokenizer, Tokens


class Reranker(Protocol):
    """Scores are comparable within one request only; higher is better."""

    name: str
    dimension: int | None

    def sequences(self, query: str, documents: Sequence[str]) -> list[Tokens]: ...
    def warm_up(self) -> list[Tokens]: ...
    def run(self, batch: Sequence[Tokens]) -> list[Floats]: ...
    def scores(self, outputs: Sequence[Floats]) -> list[float]: ...


class CrossEncoder:
    """Reads query and document together: the best ranking, one run per pair. Scores are 0 to 1."""

    def __init__(self, folder: ModelFolder, threads: int) -> None:
        self.name = folder.name
        self.dimension: int | None = None
        self._tokenizer = Tokenizer(folder)
        self._graph = Graph(folder, threads)

    def sequences(self, query: str, documents: Sequence[str]) -> list[Tokens]:
        return self._tokenizer.encode_pairs(query, documents)

    def warm_up(self) -> list[Tokens]:
        return self.sequences("ready", ["ready"])

    def run(self, batch: Sequence[Tokens]) -> list[Floats]:
        return list(self._graph.run(batch))

    def scores(self, outputs: Sequence[Floats]) -> list[float]:
        return [float(1.0 / (1.0 + np.exp(-float(logits[-1])))) for logits in outputs]


class LateInteraction:
    """MaxSim (ColBERT, arXiv 2004.12832) over an embedding model's token vectors. Scores are -1 to 1.

    Each token of the query looks for its closest token in the document; the score is the mean. It needs no
    cross-encoder weights, and a document is read once whatever the query.
    """

    def __init__(self, folder: ModelFolder, threads: int) -> None:
        self.name = f"{folder.name} (late interaction)"
        self.dimension: int | None = None
        self._tokenizer = Tokenizer(folder)
        self._graph = Graph(folder, threads)
        self._prefixes = folder.prefixes

    def sequences(self, query: str, documents: Sequence[str]) -> list[Tokens]:
        head = self._tokenizer.encode([query], self._prefixes.get("query", ""))
        return head + self._tokenizer.encode(documents, self._prefixes.get("passage", ""))

    def warm_up(self) -> list[Tokens]:
        return self.sequences("ready", ["ready"])

    def run(self, batch: Sequence[Tokens]) -> list[Floats]:
        """Unit vectors of each sequence's own tokens, special ones left out where others remain."""
        hidden = self._graph.run(batch)
        return [_own_tokens(states, tokens) for states, tokens in zip(hidden, batch, strict=True)]

    def scores(self, outputs: Sequence[Floats]) -> list[float]:
        query, *documents = outputs
        return [float((query @ document.T).max(axis=1).mean()) for document in documents]


def load_reranker(folder: ModelFolder, threads: int) -> Reranker:
    """A cross-encoder where the folder holds one, late interaction otherwise."""
    return CrossEncoder(folder, threads) if folder.cross_encoder else LateInteraction(folder, threads)


def _own_tokens(states: Floats, tokens: Tokens) -> Floats:
    keep = [place for place, special in enumerate(tokens.special) if not special] or [0]
    return normalised(states[keep])
