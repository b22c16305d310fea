"""What a model folder must hold, byte for byte: written when the model comes, compared before it is loaded."""

import hashlib
import json
import logging
from collections.abc import Iterable
from pathlib import Path

from inference.models import ModelError, ModelFolder

FILE = "checksums.json"
LOG = logging.getLogger(__name__)


def write(folder: Path) -> None:
    """Records the SHA-256 of every file below `folder`, hidden folders left out."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder) for path in paths]
    kept = [name for name in names if name != Path(FILE) and not any(part.startswith(".") for part in name.parts)]
    part = folder / f"{FILE}.part"
    part.write_text(json.dumps({str(name): sha256(folder / name) for name in kept}, indent=2) + "\n")
    part.replace(folder / FILE)


def fingerprint(model: ModelFolder) -> bytes:
    """One digest over all that decides the model's results. Raises ModelError if a file is not what was recorded.

    A folder that was copied here by hand may have no record; that is logged, and the digest taken all the same.
    """
    record = model.path / FILE
    expected = json.loads(record.read_text()) if record.is_file() else {}
    if not expected:
        LOG.warning("model without checksums", extra={"folder": str(model.path)})
    whole = hashlib.sha256(f"{model.precision} {model.max_tokens}".encode())
    for path in _deciding(model):
        name, found = str(path.relative_to(model.path)), sha256(path)
        if expected.get(name, found) != found:
            raise ModelError(
                f"{path} is not what was fetched: its SHA-256 is {found}, {record} says {expected[name]}; "
                "remove the model's folder and fetch it again"
            )
        whole.update(f"{name} {found}\n".encode())
    return whole.digest()


def sha256(path: Path) -> str:
    """The file's digest in hexadecimal, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _deciding(model: ModelFolder) -> Iterable[Path]:
    beside = [f"{model.graph.name}_data", f"{model.graph.name}.data", f"{model.graph.stem}.onnx_data"]
    weights = {model.graph.with_name(name) for name in beside}
    facts = {model.path / name for name in ("config.json", "1_Pooling/config.json", "sentence_bert_config.json")}
    return sorted(path for path in {model.graph, model.tokenizer, *weights, *facts} if path.is_file())
