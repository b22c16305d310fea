"""A model on disk: where it lies and what its own files say about it. Loads no weights."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from inference.names import folder_name
from inference.settings import Precision, Settings

Pooling = Literal["mean", "cls"]
GRAPHS: dict[Precision, tuple[str, ...]] = {
    "fp32": ("model.onnx", "onnx/model.onnx"),
    "int8": ("model_int8.onnx", "onnx/model_int8.onnx", "onnx/model_quantized.onnx", "model_quantized.onnx"),
}
E5_PREFIXES = {"query": "query: ", "passage": "passage: "}
NOMIC_PREFIXES = {"query": "search_query: ", "passage": "search_document: "}
ROBERTA_POSITION_OFFSET = 2


class ModelError(Exception):
    """A model is missing or incomplete, or gave an unusable result; the message says what to do."""


@dataclass(frozen=True)
class ModelFolder:
    """The facts a service needs before it loads `graph`; `prefixes` go before a query or a passage."""

    name: str
    path: Path
    graph: Path
    tokenizer: Path
    precision: Precision
    dimension: int
    max_tokens: int
    pad_id: int
    pooling: Pooling
    cross_encoder: bool
    prefixes: dict[str, str]


def find(settings: Settings) -> ModelFolder:
    """The folder of `settings.model`, in the models volume first, then among the bundled ones.

    Raises ModelError when neither holds it.
    """
    for root in (settings.models_dir, settings.bundled_dir):
        folder = root / folder_name(settings.model)
        if folder.is_dir():
            return read(settings.model, folder, settings.precision, settings.max_tokens)
    raise ModelError(
        f"model {settings.model!r} is neither in {settings.models_dir} nor in {settings.bundled_dir}; "
        f"fetch it with: python -m inference fetch {settings.model} REVISION"
    )


def read(name: str, folder: Path, precision: Precision = "fp32", most_tokens: int | None = None) -> ModelFolder:
    """Reads the folder's description in the layout of Hugging Face repositories; ModelError if it is not whole."""
    graph = _graph(folder, precision)
    config = json_file(folder / "config.json")
    dimension, trained = _size(folder, config, "hidden_size", "n_embd"), _max_tokens(folder, config)
    return ModelFolder(
        # Vectors of both precisions differ a little, so they never go by the same name.
        name=name if precision == "fp32" else f"{name} ({precision})",
        path=folder,
        graph=graph,
        tokenizer=folder / "tokenizer.json",
        precision=precision,
        dimension=dimension,
        max_tokens=min(trained, most_tokens or trained),
        pad_id=config.get("pad_token_id") or 0,
        pooling="cls" if json_file(folder / "1_Pooling/config.json").get("pooling_mode_cls_token") else "mean",
        cross_encoder=any(kind.endswith("ForSequenceClassification") for kind in config.get("architectures") or []),
        prefixes=_prefixes(name, folder),
    )


def json_file(path: Path) -> dict[str, Any]:
    """The file's object, empty where there is no such file. Raises ModelError where it holds something else."""
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError, RecursionError) as error:
        raise ModelError(f"{path} is damaged: {error}; remove its folder and fetch the model again") from error


def _graph(folder: Path, precision: Precision) -> Path:
    found = [folder / path for path in GRAPHS[precision] if (folder / path).is_file()]
    missing = [path for path in ("config.json", "tokenizer.json") if not (folder / path).is_file()]
    if found and not missing:
        return found[0]
    absent = ", ".join(missing if found else [GRAPHS[precision][0], *missing])
    if precision == "int8" and not missing:
        raise ModelError(f"model folder {folder} lacks {absent}; make it with: python -m inference export (see --help)")
    raise ModelError(f"model folder {folder} lacks {absent}; remove it and fetch the model again")


def _size(folder: Path, config: dict[str, Any], *names: str) -> int:
    value = next((config[name] for name in names if isinstance(config.get(name), int)), 0)
    if value < 1:
        raise ModelError(f"{folder / 'config.json'} names no {' or '.join(names)}: it describes no transformer")
    return int(value)


def _max_tokens(folder: Path, config: dict[str, Any]) -> int:
    """The trained sequence length; RoBERTa's position table holds two places that no token uses."""
    offset = ROBERTA_POSITION_OFFSET if "roberta" in config.get("model_type", "") else 0
    places = _size(folder, config, "max_position_embeddings", "max_trained_positions", "n_positions") - offset
    return min(places, int(json_file(folder / "sentence_bert_config.json").get("max_seq_length") or places))


def _prefixes(name: str, folder: Path) -> dict[str, str]:
    """Prompts that the model declares; the E5 and nomic families were trained with two that their files do not name."""
    prompts = json_file(folder / "config_sentence_transformers.json").get("prompts") or {}
    declared = {kind: text for kind, text in prompts.items() if kind in E5_PREFIXES and text}
    parts = name.rsplit("/", 1)[-1].split("-")
    if declared or "instruct" in name:
        return declared
    return E5_PREFIXES if "e5" in parts else NOMIC_PREFIXES if parts[:2] == ["nomic", "embed"] else {}
