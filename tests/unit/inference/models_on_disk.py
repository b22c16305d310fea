"""Tiny models with known answers, written as the services read them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "green", "blue", "ready")
DIMENSION = 8


def write_model(folder: Path, *, cross_encoder: bool = False, **config: Any) -> Path:
    """Each word is an axis of its own, so cosine counts shared words; the cross-encoder's logit is the row's length."""
    folder.mkdir(parents=True)
    _tokenizer().save(str(folder / "tokenizer.json"))
    onnx.save(_cross_encoder() if cross_encoder else _embedder(), folder / "model.onnx")
    kind = "BertForSequenceClassification" if cross_encoder else "BertModel"
    defaults = {"hidden_size": DIMENSION, "max_position_embeddings": 16, "pad_token_id": 0, "architectures": [kind]}
    (folder / "config.json").write_text(json.dumps(defaults | config))
    return folder


def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    # As published models do it: their own padding and truncation must not be what the service uses.
    tokenizer.enable_padding(length=12)
    tokenizer.enable_truncation(5)
    return tokenizer


def _embedder() -> onnx.ModelProto:
    table = numpy_helper.from_array(np.eye(DIMENSION, dtype=np.float32), "table")
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    return _model(nodes, [table], ["input_ids"], ("last_hidden_state", ["batch", "sequence", DIMENSION]))


def _cross_encoder() -> onnx.ModelProto:
    axes = numpy_helper.from_array(np.array([1], np.int64), "axes")
    nodes = [
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["mask", "axes"], ["logits"], keepdims=1),
    ]
    return _model(nodes, [axes], ["attention_mask"], ("logits", ["batch", 1]))


def _model(
    nodes: list[onnx.NodeProto], constants: list[onnx.TensorProto], inputs: list[str], output: tuple[str, list[Any]]
) -> onnx.ModelProto:
    arguments = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in inputs]
    result = helper.make_tensor_value_info(output[0], TensorProto.FLOAT, output[1])
    graph = helper.make_graph(nodes, "tiny", arguments, [result], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
