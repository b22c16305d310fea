"""The graph that is built without torch computes what BERT computes."""

from math import erf, sqrt
from typing import Any

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from inference.bundle.bert_graph import BertGraph
from numpy.typing import NDArray

Array = NDArray[np.float32]
CONFIG = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 8, "layer_norm_eps": 1e-12}
WIDE = 16


def random_weights() -> dict[str, Array]:
    random = np.random.default_rng(7)
    size = CONFIG["hidden_size"]
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (20, 8),
        "embeddings.position_embeddings.weight": (12, 8),
        "embeddings.token_type_embeddings.weight": (2, 8),
    }
    linear = {"attention.self.query": (8, 8), "attention.self.key": (8, 8), "attention.self.value": (8, 8)}
    linear |= {"attention.output.dense": (8, 8), "intermediate.dense": (WIDE, 8), "output.dense": (8, WIDE)}
    norms = ["embeddings.LayerNorm"]
    for layer in range(2):
        for name, shape in linear.items():
            shapes[f"encoder.layer.{layer}.{name}.weight"] = shape
            shapes[f"encoder.layer.{layer}.{name}.bias"] = shape[:1]
        norms += [f"encoder.layer.{layer}.{part}.LayerNorm" for part in ("attention.output", "output")]
    shapes |= {f"{norm}.{part}": (int(size),) for norm in norms for part in ("weight", "bias")}
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


class Reference:
    """BERT in plain numpy, one sequence at a time."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self.weights = weights

    def linear(self, x: Any, name: str) -> Any:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, x: Any, name: str) -> Any:
        scaled = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return scaled * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def run(self, ids: list[int]) -> Any:
        tables = [self.weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")]
        x = self.norm(tables[0][ids] + tables[1][: len(ids)] + tables[2][0], "embeddings.LayerNorm")
        for layer in range(2):
            prefix = f"encoder.layer.{layer}"
            x = self.norm(self.attention(x, prefix) + x, f"{prefix}.attention.output.LayerNorm")
            wide = self.linear(x, f"{prefix}.intermediate.dense")
            active = wide * 0.5 * (1 + np.vectorize(erf)(wide / sqrt(2)))
            x = self.norm(self.linear(active, f"{prefix}.output.dense") + x, f"{prefix}.output.LayerNorm")
        return x

    def attention(self, x: Any, prefix: str) -> Any:
        parts = [self.linear(x, f"{prefix}.attention.self.{name}") for name in ("query", "key", "value")]
        query, key, value = (part.reshape(-1, 2, 4).transpose(1, 0, 2) for part in parts)
        scores = np.exp(query @ key.transpose(0, 2, 1) / 2.0)
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        return self.linear(mixed.transpose(1, 0, 2).reshape(-1, 8), f"{prefix}.attention.output.dense")


def test_a_padded_batch_gives_what_plain_bert_gives_for_each_sequence() -> None:
    weights = random_weights()
    session = ort.InferenceSession(BertGraph(CONFIG, weights).model().SerializeToString())
    long, short = [2, 5, 9, 11, 3], [2, 7, 3]
    ids = np.array([long, [*short, 0, 0]], np.int64)
    mask = np.array([[1] * 5, [1, 1, 1, 0, 0]], np.int64)
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    (states,) = session.run(None, feed)
    reference = Reference(weights)
    assert np.allclose(states[0], reference.run(long), atol=1e-4)
    assert np.allclose(states[1, :3], reference.run(short), atol=1e-4)
