"""From a folder with a model to one that the services load."""

import logging
import shutil
from collections.abc import Collection
from pathlib import Path

import onnx

from inference import checksums, models
from inference.export.bert_graph import BertGraph
from inference.export.quantise import quantise
from inference.models import GRAPHS, ModelError
from inference.settings import Precision

DESCRIPTION = (
    "config.json",
    "tokenizer.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "1_Pooling/config.json",
)
LOG = logging.getLogger(__name__)
KEPT = (*DESCRIPTION, "*.onnx", "*.onnx_data", "*.onnx.data", "onnx/model.onnx*")


def export(source: Path, target: Path, precisions: Collection[Precision], threads: int) -> None:
    """Writes `target` whole or not at all. Raises ModelError that says what `source` lacks."""
    if target.exists():
        raise ModelError(f"{target} is there already; remove it or name another folder")
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    _copy(source, part)
    if not any((part / name).is_file() for name in GRAPHS["fp32"]):
        _graph_of_weights(source, part)
    if "int8" in precisions:
        agreement = quantise(models.read(target.name, part), threads)
        LOG.info("quantised; agreement with the plain graph: %.4f", agreement)
    if "fp32" not in precisions:
        for name in GRAPHS["fp32"]:
            for path in (part / name).parent.glob(f"{Path(name).name}*"):
                path.unlink()
    checksums.write(part)
    part.rename(target)


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in {path for pattern in KEPT for path in source.glob(pattern) if path.is_file()}:
        if path.name != checksums.FILE:
            copied = target / path.relative_to(source)
            copied.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, copied)


def _graph_of_weights(source: Path, target: Path) -> None:
    """BERT's graph is built from its weights; any other needs its own framework, which is not in this image."""
    weights = source / "model.safetensors"
    kind = models.json_file(source / "config.json").get("model_type")
    if kind != "bert" or not weights.is_file():
        raise ModelError(
            f"{source} holds no ONNX graph ({' or '.join(GRAPHS['fp32'])}) and no BERT weights (model.safetensors with "
            f"model_type bert, not {kind!r}); where PyTorch is installed, make one with: "
            "optimum-cli export onnx --model MODEL FOLDER"
        )
    from safetensors.numpy import load_file  # noqa: PLC0415 - only where weights are read

    model = BertGraph(models.json_file(source / "config.json"), load_file(weights)).model()
    onnx.checker.check_model(model)
    onnx.save(model, target / GRAPHS["fp32"][0])
