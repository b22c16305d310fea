"""Texts to unit vectors."""

from collections.abc import Sequence

from inference.graph import Floats, Graph, normalised
from inference.models import ModelError, ModelFolder
from inference.tokens import Tokenizer, Tokens


class Embedder:
    """Pools a transformer's token vectors into one vector of unit length per text."""

    def __init__(self, folder: ModelFolder, threads: int) -> None:
        if folder.cross_encoder:
            raise ModelError(f"model {folder.name!r} is a cross-encoder and gives no embeddings; set EMBED_MODEL")
        self.name = folder.name
        self.dimension: int | None = folder.dimension
        self._folder = folder
        self._tokenizer = Tokenizer(folder)
        self._graph = Graph(folder, threads)

    def sequences(self, texts: Sequence[str], input_type: str | None) -> list[Tokens]:
        """Token sequences; `input_type` adds the prefix that the model was trained with, if any."""
        return self._tokenizer.encode(texts, self._folder.prefixes.get(input_type or "", ""))

    def warm_up(self) -> list[Tokens]:
        """A sequence that proves the model works."""
        return self.sequences(["ready"], None)

    def run(self, batch: Sequence[Tokens]) -> list[Floats]:
        """One unit vector per sequence."""
        hidden = self._graph.run(batch)
        return [normalised(self._pool(states[: len(tokens.ids)])) for states, tokens in zip(hidden, batch, strict=True)]

    def _pool(self, states: Floats) -> Floats:
        pooled: Floats = states[0] if self._folder.pooling == "cls" else states.mean(axis=0)
        return pooled
