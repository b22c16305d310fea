"""Puts a model of the Hugging Face hub into the models folder.

Run it once per model, with the models volume mounted and a network; afterwards the services start without one.
"""

import argparse
import os
import re
import sys
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

from inference import checksums, models
from inference.names import folder_name, model_name
from inference.settings import Settings

FILES = ["*.json", "1_Pooling/config.json", "model.onnx", "model.onnx_data", "onnx/model.onnx", "onnx/model.onnx_data"]
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
HUB_NOTES = ".cache/huggingface/download"
"""Where the hub's client writes, file by file: commit, checksum and time."""


def fetch(model: str, revision: str, root: Path) -> Path:
    """The model's folder below `root`; an interrupted download goes on where it stopped.

    The revision is a commit, so that the same command always gives the same weights. Raises ModelError.
    """
    try:
        model_name(model)
    except ValueError as error:
        raise models.ModelError(f"{model!r}: {error}") from None
    if not COMMIT.fullmatch(revision):
        raise models.ModelError(f"revision {revision!r} is not a commit: 40 lower-case hexadecimal digits")
    folder = root / folder_name(model)
    if folder.is_dir():
        models.read(model, folder)
        return folder
    unfinished = root / f".{folder.name}-{revision}"
    try:
        snapshot_download(model, revision=revision, local_dir=unfinished, allow_patterns=FILES)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        hub = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
        raise models.ModelError(
            f"cannot fetch {model} at {revision} from {hub}: {error}; check the name and the network, run it again"
        ) from error
    models.read(model, unfinished)
    compare(unfinished)
    checksums.write(unfinished)
    return unfinished.rename(folder)


def compare(folder: Path) -> None:
    """Raises ModelError where a large file is not what the hub announced; it is removed, so that it comes anew."""
    notes = folder / HUB_NOTES
    for note in notes.rglob("*.metadata"):
        path = folder / note.relative_to(notes).with_suffix("")
        announced = note.read_text().splitlines()[1].strip()
        # Small files go by a Git hash, which is shorter.
        if SHA256.fullmatch(announced) and path.is_file() and checksums.sha256(path) != announced:
            path.unlink()
            note.unlink()
            raise models.ModelError(
                f"{path.name} came damaged: its SHA-256 is not {announced}; run the same command again"
            )


def main(arguments: list[str]) -> int:
    """Fetches one model; 0 when it lies there, 1 when not."""
    parser = argparse.ArgumentParser(prog="python -m inference fetch", description=__doc__)
    parser.add_argument("model", help="repository on the hub, e.g. BAAI/bge-reranker-base")
    parser.add_argument("revision", help="commit of that repository, 40 hexadecimal digits")
    default = os.environ.get("MODELS_DIR", Settings.model_fields["models_dir"].default)
    parser.add_argument("--models", type=Path, default=default, help="models folder (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    try:
        print(fetch(chosen.model, chosen.revision, chosen.models))
    except models.ModelError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
