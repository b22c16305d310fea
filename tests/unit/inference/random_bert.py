"""A small BERT with random weights, and what it must give, computed in plain numpy one sequence at a time."""

import json
from math import erf, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from inference.export.bert_graph import BertGraph
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

Array = NDArray[np.float32]
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
WORDS = tuple(f"word{number}" for number in range(60))
SIZE, HEADS, LAYERS, WIDE, PLACES = 64, 4, 3, 128, 64
CONFIG: dict[str, Any] = {
    "model_type": "bert",
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "hidden_size": SIZE,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": PLACES,
    "pad_token_id": 0,
}


def random_weights(seed: int = 7) -> dict[str, Array]:
    """By the names that the published weights have."""
    random = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(SPECIAL) + len(WORDS), SIZE),
        "embeddings.position_embeddings.weight": (PLACES, SIZE),
        "embeddings.token_type_embeddings.weight": (2, SIZE),
    }
    linear = {f"attention.self.{part}": (SIZE, SIZE) for part in ("query", "key", "value")}
    linear |= {"attention.output.dense": (SIZE, SIZE), "intermediate.dense": (WIDE, SIZE), "output.dense": (SIZE, WIDE)}
    norms = ["embeddings.LayerNorm"]
    for layer in range(LAYERS):
        for name, shape in linear.items():
            shapes[f"encoder.layer.{layer}.{name}.weight"] = shape
            shapes[f"encoder.layer.{layer}.{name}.bias"] = shape[:1]
        norms += [f"encoder.layer.{layer}.{part}.LayerNorm" for part in ("attention.output", "output")]
    weights = {name: random.normal(scale=0.2, size=shape).astype(np.float32) for name, shape in shapes.items()}
    for norm in norms:
        weights[f"{norm}.weight"] = (1 + random.normal(scale=0.1, size=SIZE)).astype(np.float32)
        weights[f"{norm}.bias"] = random.normal(scale=0.1, size=SIZE).astype(np.float32)
    return weights


def write_bert(folder: Path) -> dict[str, Array]:
    """A folder as it is published: weights, configuration, tokeniser. Returns the weights."""
    weights = random_weights()
    _describe(folder, CONFIG)
    save_file(weights, folder / "model.safetensors")
    return weights


def write_cross_encoder(folder: Path) -> None:
    """An ONNX export of a classifier over the first token."""
    _describe(folder, CONFIG | {"architectures": ["BertForSequenceClassification"]})
    model = BertGraph(CONFIG, random_weights()).model()
    head = np.random.default_rng(3).normal(size=(SIZE, 1)).astype(np.float32)
    model.graph.initializer.extend(
        [numpy_helper.from_array(head, "head"), numpy_helper.from_array(np.array(0), "zero")]
    )
    model.graph.node.extend(
        [
            helper.make_node("Gather", ["last_hidden_state", "zero"], ["first"], axis=1),
            helper.make_node("MatMul", ["first", "head"], ["logits"]),
        ]
    )
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 1]))
    onnx.save(model, folder / "model.onnx")


def _describe(folder: Path, config: dict[str, Any]) -> None:
    folder.mkdir(parents=True)
    vocabulary = {word: index for index, word in enumerate([*SPECIAL, *WORDS])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(config))


class Reference:
    """BERT in plain numpy."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self.weights = weights

    def vector(self, words: list[str]) -> Any:
        """The unit vector of the mean of all token vectors."""
        states = self.run([2, *(len(SPECIAL) + WORDS.index(word) for word in words), 3])
        mean = states.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def run(self, ids: list[int]) -> Any:
        """The last hidden state of one sequence."""
        tables = [self.weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")]
        x = self._norm(tables[0][ids] + tables[1][: len(ids)] + tables[2][0], "embeddings.LayerNorm")
        for layer in range(LAYERS):
            prefix = f"encoder.layer.{layer}"
            x = self._norm(self._attention(x, prefix) + x, f"{prefix}.attention.output.LayerNorm")
            wide = self._linear(x, f"{prefix}.intermediate.dense")
            active = wide * 0.5 * (1 + np.vectorize(erf)(wide / sqrt(2)))
            x = self._norm(self._linear(active, f"{prefix}.output.dense") + x, f"{prefix}.output.LayerNorm")
        return x

    def _attention(self, x: Any, prefix: str) -> Any:
        parts = [self._linear(x, f"{prefix}.attention.self.{name}") for name in ("query", "key", "value")]
        query, key, value = (part.reshape(-1, HEADS, SIZE // HEADS).transpose(1, 0, 2) for part in parts)
        scores = np.exp(query @ key.transpose(0, 2, 1) / sqrt(SIZE // HEADS))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        return self._linear(mixed.transpose(1, 0, 2).reshape(-1, SIZE), f"{prefix}.attention.output.dense")

    def _linear(self, x: Any, name: str) -> Any:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _norm(self, x: Any, name: str) -> Any:
        scaled = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return scaled * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
