"""Embedding servers as processes of this machine, from the same model file and with the same number of threads."""

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import requests

from bench.environments import python_of
from bench.serving.places import CROSS_ENCODER, IMAGE, MODEL, models, our_python

THREADS = 2
READY_SECONDS = 120
WITHIN_SECONDS = 120.0
"""After which a benchmark on a busy machine begins no further round."""


class Server(NamedTuple):
    """`url` is that of the route that is measured; `start`: seconds from the command to the first good answer."""

    url: str
    process: int
    start: float

    def cpu_seconds(self) -> float:
        """What it has used so far, all its threads together."""
        used = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def embed(**variables: str) -> AbstractContextManager[Server]:
    """Our embed service, by its OpenAI-style route. Keeps nothing: every text is computed."""
    return _ours("embed", "/v1/embeddings", {"EMBED_MODEL": MODEL, "CACHE_BYTES": "0", **variables})


def rerank(**variables: str) -> AbstractContextManager[Server]:
    """Our rerank service with the cross-encoder."""
    return _ours("rerank", "/rerank", {"RERANK_MODEL": CROSS_ENCODER, "CACHE_BYTES": "0", **variables})


def infinity() -> AbstractContextManager[Server]:
    """infinity-emb with its ONNX engine on the same graph; not optimised again, as it is fused already."""
    port = free_port()
    folder = models() / "plain" / MODEL
    python = python_of("infinity")
    command = [python.with_name("infinity_emb"), "v2", "--model-id", folder, "--served-model-name", MODEL,
               "--engine", "optimum", "--device", "cpu", "--port", str(port), "--host", "127.0.0.1",
               "--no-model-warmup", "--pooling-method", "mean", "--log-level", "warning"]  # fmt: skip
    offline = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "INFINITY_ONNX_DISABLE_OPTIMIZE": "1"}
    at = f"http://127.0.0.1:{port}"
    return _process([str(part) for part in command], offline, f"{at}/health", f"{at}/embeddings")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ours(service: str, route: str, variables: Mapping[str, str]) -> AbstractContextManager[Server]:
    port = free_port()
    settings = {
        "PYTHONPATH": str(IMAGE), "MODELS_DIR": str(models()), "HOST": "127.0.0.1", "PORT": str(port),
        "THREADS": str(THREADS), "LOG_LEVEL": "WARNING", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
        **variables,
    }  # fmt: skip
    command = [str(our_python()), "-m", "inference", service]
    at = f"http://127.0.0.1:{port}"
    return _process(command, settings, f"{at}/ready", f"{at}{route}")


@contextlib.contextmanager
def _process(command: Sequence[str], variables: Mapping[str, str], ready: str, url: str) -> Iterator[Server]:
    """The server from its first good answer to the end of the block. Raises RuntimeError with what it said."""
    with tempfile.TemporaryDirectory(prefix="ai-platform-bench-") as folder:
        log = Path(folder) / "log"
        started = time.monotonic()
        with log.open("wb") as said:
            process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=said, stderr=said, cwd=folder)
        try:
            _until(ready, process, log)
            yield Server(url, process.pid, time.monotonic() - started)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _until(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"no server at {url}: {log.read_text(errors='replace')[-3000:]}")
