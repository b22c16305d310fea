"""The other arm of a comparison as a program that keeps its model: a line of JSON in, a line of JSON out."""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.serving.places import IMAGE
from bench.serving.servers import THREADS

WORKERS = Path(__file__).with_name("workers")
Ask = Callable[[dict[str, Any]], dict[str, Any]]


@contextlib.contextmanager
def worker(python: Path, name: str, *arguments: str) -> Iterator[Ask]:
    """workers/<name>.py in the given Python. Asking raises RuntimeError with its error output once it has ended."""
    variables = {
        "PYTHONPATH": str(IMAGE), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true",
        "OMP_NUM_THREADS": str(THREADS), "OPENBLAS_NUM_THREADS": str(THREADS), "RAYON_NUM_THREADS": str(THREADS),
    }  # fmt: skip
    command = [str(python), str(WORKERS / f"{name}.py"), *arguments]
    with tempfile.TemporaryFile("w+") as errors, subprocess.Popen(
        command, env={**os.environ, **variables}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
        text=True,
    ) as process:  # fmt: skip

        def ask(question: dict[str, Any]) -> dict[str, Any]:
            assert process.stdin and process.stdout
            try:
                process.stdin.write(json.dumps(question) + "\n")
                process.stdin.flush()
                answer = process.stdout.readline()
            except BrokenPipeError:
                answer = ""
            if not answer:
                errors.seek(0)
                raise RuntimeError(f"{name} has ended: {errors.read()[-3000:]}")
            return dict(json.loads(answer))

        try:
            yield ask
        finally:
            process.terminate()
