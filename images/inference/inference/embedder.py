"""Texts to unit vectors."""

from collections.abc import Sequence

import numpy as np

from inference.graph import Graph, normalised
from inference.inputs import Floats, Input
from inference.models import ModelError, ModelFolder
from inference.settings import Settings
from inference.tokens import Tokenizer, Tokens


class Embedder:
    """Pools a transformer's token vectors into one vector of unit length per text."""

    def __init__(self, folder: ModelFolder, settings: Settings) -> None:
        if folder.cross_encoder:
            raise ModelError(f"model {folder.name!r} is a cross-encoder and gives no embeddings; set EMBED_MODEL")
        self.name = folder.name
        self.dimension: int | None = folder.dimension
        self.numbers: int | None = folder.dimension
        self._folder = folder
        self._tokenizer = Tokenizer(folder, settings.threads)
        self.graph = Graph(folder, settings)

    def inputs(self, texts: Sequence[str], input_type: str | None, prefix: str | None = None) -> list[Input]:
        """`prefix` goes before each text; without one, the prefix that the model was trained with for `input_type`."""
        before = self._folder.prefixes.get(input_type or "", "") if prefix is None else prefix
        return [Input(text, before) for text in texts]

    def tokenise(self, inputs: Sequence[Input]) -> list[Tokens]:
        """Token sequences of `inputs`."""
        return self._tokenizer.encode(inputs)

    def warm_up(self) -> list[Input]:
        """An input that proves the model works."""
        return self.inputs(["ready"], None)

    def run(self, batch: Sequence[Tokens]) -> Sequence[Floats]:
        """One unit vector per sequence."""
        hidden = self.graph.run(batch)
        if hidden.ndim == 2:  # the graph pools by itself
            return list(normalised(hidden))
        pooled = [self._pool(states[: len(item.ids)]) for states, item in zip(hidden, batch, strict=True)]
        return list(normalised(np.stack(pooled)))

    def _pool(self, states: Floats) -> Floats:
        pooled: Floats = states[0] if self._folder.pooling == "cls" else states.mean(axis=0)
        return pooled
