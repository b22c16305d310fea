"""Makes the models of the serving benchmarks in the folder that is named; runs in the image's own Python."""

import importlib.util
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from inference.bundle.__main__ import PACKAGE
from inference.export.bert_graph import BertGraph
from inference.export.folder import export
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

TOKENIZER = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512}
SPECIAL = {
    "cls_token": "[CLS]", "mask_token": "[MASK]", "pad_token": "[PAD]", "sep_token": "[SEP]", "unk_token": "[UNK]",
}  # fmt: skip


def main(target: Path) -> None:
    found = importlib.util.find_spec(PACKAGE)
    assert found and found.origin
    source = Path(found.origin).parent / "model"
    name = "all-MiniLM-L6-v2"
    export(source, target / name, ["fp32", "int8"], 2)
    plain = target / "plain" / name
    shutil.copytree(target / name, plain, ignore=shutil.ignore_patterns("*int8*", "checksums.json"))
    describe(plain)
    cross_encoder(source, target / "random-cross-encoder")


def describe(folder: Path) -> None:
    """What the tokenisers of other libraries want to read; whole sequences, as ours reads them."""
    (folder / "tokenizer_config.json").write_text(json.dumps(TOKENIZER | SPECIAL))
    (folder / "special_tokens_map.json").write_text(json.dumps(SPECIAL))
    whole = json.loads((folder / "tokenizer.json").read_text())
    (folder / "tokenizer.json").write_text(json.dumps(whole | {"truncation": None, "padding": None}))


def cross_encoder(source: Path, target: Path) -> None:
    """The model's layers, and one random number for each channel of the first token."""
    target.mkdir()
    config: dict[str, Any] = json.loads((source / "config.json").read_text())
    model = BertGraph(config, load_file(source / "model.safetensors")).model()
    head = np.random.default_rng(3).normal(size=(config["hidden_size"], 1)).astype(np.float32)
    constants = [numpy_helper.from_array(head, "head"), numpy_helper.from_array(np.array(0), "zero")]
    model.graph.initializer.extend(constants)
    model.graph.node.append(helper.make_node("Gather", ["last_hidden_state", "zero"], ["first"], axis=1))
    model.graph.node.append(helper.make_node("MatMul", ["first", "head"], ["logits"]))
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 1]))
    onnx.save(model, target / "model.onnx")
    one_label = {"id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}}
    architecture = {"architectures": ["BertForSequenceClassification"], **one_label}
    (target / "config.json").write_text(json.dumps(config | architecture))
    shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    describe(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
