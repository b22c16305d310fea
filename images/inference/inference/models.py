"""A model on disk: where it lies and what its own files say about it. Loads no weights."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from inference.settings import Settings

Pooling = Literal["mean", "cls"]
E5_PREFIXES = {"query": "query: ", "passage": "passage: "}
ROBERTA_POSITION_OFFSET = 2


class ModelError(Exception):
    """A model is missing or incomplete, or gave an unusable result; the message says what to do."""


@dataclass(frozen=True)
class ModelFolder:
    """The facts a service needs before it loads `graph`; `prefixes` go before a query or a passage."""

    name: str
    graph: Path
    tokenizer: Path
    dimension: int
    max_tokens: int
    pad_id: int
    pooling: Pooling
    cross_encoder: bool
    prefixes: dict[str, str]


def folder_name(model: str) -> str:
    """`owner/name` as one folder name."""
    return model.replace("/", "--")


def find(settings: Settings) -> ModelFolder:
    """The folder of `settings.model`, in the models volume first, then among the bundled ones.

    Raises ModelError when neither holds it.
    """
    for root in (settings.models_dir, settings.bundled_dir):
        folder = root / folder_name(settings.model)
        if folder.is_dir():
            return read(settings.model, folder)
    raise ModelError(
        f"model {settings.model!r} is neither in {settings.models_dir} nor in {settings.bundled_dir}; "
        f"fetch it with: python -m inference fetch {settings.model} REVISION"
    )


def read(name: str, folder: Path) -> ModelFolder:
    """Reads the folder's description in the layout of Hugging Face repositories."""
    graphs = [folder / path for path in ("model.onnx", "onnx/model.onnx") if (folder / path).is_file()]
    missing = [path for path in ("config.json", "tokenizer.json") if not (folder / path).is_file()]
    if not graphs or missing:
        absent = ", ".join(missing if graphs else ["model.onnx", *missing])
        raise ModelError(f"model folder {folder} lacks {absent}; remove it and fetch the model again")
    config = _json(folder / "config.json")
    return ModelFolder(
        name=name,
        graph=graphs[0],
        tokenizer=folder / "tokenizer.json",
        dimension=config["hidden_size"],
        max_tokens=_max_tokens(folder, config),
        pad_id=config.get("pad_token_id") or 0,
        pooling="cls" if _json(folder / "1_Pooling/config.json").get("pooling_mode_cls_token") else "mean",
        cross_encoder=any(kind.endswith("ForSequenceClassification") for kind in config.get("architectures", [])),
        prefixes=_prefixes(name, folder),
    )


def _max_tokens(folder: Path, config: dict[str, Any]) -> int:
    """The trained sequence length; RoBERTa's position table holds two places that no token uses."""
    offset = ROBERTA_POSITION_OFFSET if "roberta" in config.get("model_type", "") else 0
    positions = int(config["max_position_embeddings"]) - offset
    return min(positions, int(_json(folder / "sentence_bert_config.json").get("max_seq_length", positions)))


def _prefixes(name: str, folder: Path) -> dict[str, str]:
    """Prompts that the model declares; the E5 family was trained with two that its files do not name."""
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    declared = {kind: text for kind, text in prompts.items() if kind in E5_PREFIXES and text}
    is_e5 = "e5" in name.rsplit("/", 1)[-1].split("-") and "instruct" not in name
    return declared or (E5_PREFIXES if is_e5 else {})


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}
