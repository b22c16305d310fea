"""Two ways to score documents against a query: a cross-encoder, or late interaction of token vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from inference.graph import Graph, normalised
from inference.inputs import Floats, Input
from inference.models import ModelFolder
from inference.settings import Settings
from inference.tokens import Tokenizer, Tokens


class Reranker(Protocol):
    """Scores are comparable within one request only, higher is better. `numbers`: size of one result, where fixed."""

    name: str
    dimension: int | None
    numbers: int | None
    graph: Graph

    def inputs(self, query: str, documents: Sequence[str]) -> list[Input]: ...  # the documents are the last ones
    def tokenise(self, inputs: Sequence[Input]) -> list[Tokens]: ...
    def warm_up(self) -> list[Input]: ...
    def run(self, batch: Sequence[Tokens]) -> Sequence[Floats]: ...
    def scores(self, outputs: Sequence[Floats]) -> list[float]: ...


class CrossEncoder:
    """Reads query and document together: the best ranking, one run per pair. Scores are 0 to 1."""

    def __init__(self, folder: ModelFolder, settings: Settings) -> None:
        self.name = folder.name
        self.dimension: int | None = None
        self.numbers: int | None = 1
        self._tokenizer = Tokenizer(folder, settings.threads)
        self.graph = Graph(folder, settings)

    def inputs(self, query: str, documents: Sequence[str]) -> list[Input]:
        return [Input(query, pair=document) for document in documents]

    def tokenise(self, inputs: Sequence[Input]) -> list[Tokens]:
        return self._tokenizer.encode(inputs)

    def warm_up(self) -> list[Input]:
        return self.inputs("ready", ["ready"])

    def run(self, batch: Sequence[Tokens]) -> Sequence[Floats]:
        """One logit per pair."""
        return list(self.graph.run(batch)[:, -1:])

    def scores(self, outputs: Sequence[Floats]) -> list[float]:
        logits = np.concatenate(outputs).astype(np.float64)
        # The form that overflows for neither sign.
        return [float(value) for value in np.exp(-np.logaddexp(0.0, -logits))]


class LateInteraction:
    """MaxSim (ColBERT, arXiv 2004.12832) over an embedding model's token vectors. Scores are -1 to 1.

    Each token of the query looks for its closest token in the document; the score is the mean. It needs no
    cross-encoder weights, and a document is read once whatever the query.
    """

    def __init__(self, folder: ModelFolder, settings: Settings) -> None:
        self.name = f"{folder.name} (late interaction)"
        self.dimension: int | None = None
        self.numbers: int | None = None
        self._tokenizer = Tokenizer(folder, settings.threads)
        self.graph = Graph(folder, settings)
        self._prefixes = folder.prefixes

    def inputs(self, query: str, documents: Sequence[str]) -> list[Input]:
        head = Input(query, self._prefixes.get("query", ""))
        return [head, *(Input(document, self._prefixes.get("passage", "")) for document in documents)]

    def tokenise(self, inputs: Sequence[Input]) -> list[Tokens]:
        return self._tokenizer.encode(inputs)

    def warm_up(self) -> list[Input]:
        return self.inputs("ready", ["ready"])

    def run(self, batch: Sequence[Tokens]) -> list[Floats]:
        """Unit vectors of each sequence's own tokens, special ones left out where others remain."""
        hidden = self.graph.run(batch)
        return [_own_tokens(states, tokens) for states, tokens in zip(hidden, batch, strict=True)]

    def scores(self, outputs: Sequence[Floats]) -> list[float]:
        query, *documents = outputs
        return [float((query @ document.T).max(axis=1).mean()) for document in documents]


def load_reranker(folder: ModelFolder, settings: Settings) -> Reranker:
    """A cross-encoder where the folder holds one, late interaction otherwise."""
    return CrossEncoder(folder, settings) if folder.cross_encoder else LateInteraction(folder, settings)


def _own_tokens(states: Floats, tokens: Tokens) -> Floats:
    keep = [place for place, special in enumerate(tokens.special) if not special] or [0]
    return normalised(states[keep])
