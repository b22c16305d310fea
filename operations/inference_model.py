"""Puts a model of the Hugging Face hub into the volume of an embedding service. Started by `pulumi up`.

The service's own image fetches it, on the engine that holds the volume, since a far host may have another network than
this machine. What is complete is left alone, an interrupted download goes on, and nothing is ever removed.
"""

from __future__ import annotations

import collections
import io
import signal
import subprocess
import sys
import threading
import time
from typing import IO

from pydantic import BaseModel, Field

from operations.docker_cli import DockerCli, docker_cli
from operations.failure import Failure, guarded
from operations.rehearsal.candidate import uninterrupted
from operations.stdin_spec import read_spec

SECONDS = 3600
PROGRESS_SECONDS = 10
LAST_LINES = 10
CONFINED = ("--init", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
HUB_NOTE = ".cache/huggingface/download/config.json.metadata"
"""Written by the hub's client beside the files that it brings; the first line is their commit."""


class InferenceModelSpec(BaseModel):
    """What standard input holds; see components/inference_model.py."""

    docker_host: str | None = None
    ssh_options: list[str] = []
    image: str
    volume: str
    model: str
    revision: str = Field(pattern="^[0-9a-f]{40}$")


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return guarded(lambda: apply(read_spec(InferenceModelSpec)))


def apply(spec: InferenceModelSpec) -> None:
    """Raises Failure that names model, revision and cause unless the volume holds the model at its revision."""
    name = f"{spec.volume}-fetch"
    with docker_cli(spec.docker_host, spec.ssh_options) as docker:
        docker.attempt("rm", "--force", name)  # a killed run may have left it
        try:
            folder = _fetch(docker, spec, name)
        finally:
            with uninterrupted():
                docker.attempt("rm", "--force", name)
        _require_revision(docker, spec, folder)
    print(f"{spec.model} at {spec.revision} is in {spec.volume}")


def _fetch(docker: DockerCli, spec: InferenceModelSpec, name: str) -> str:
    """The model's folder in the container, which is the last line that `fetch` prints."""
    arguments = ["run", "--rm", "--name", name, *CONFINED, "--env", "HF_ENDPOINT", "--volume", f"{spec.volume}:/models"]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with docker.start(*arguments, spec.image, "fetch", spec.model, spec.revision, **pipes) as running:
        assert running.stdout  # noqa: S101  (it is a pipe)
        began, deadline = time.monotonic(), threading.Timer(SECONDS, running.kill)
        deadline.start()
        try:
            said = _relayed(running.stdout)
        finally:
            deadline.cancel()
        code = running.wait()
    if code:
        late = time.monotonic() - began >= SECONDS
        cause = f"not done within {SECONDS // 60} min" if late else _cause(said) or f"it ended with {code}"
        place = spec.docker_host or "this machine"
        raise Failure(
            f"{spec.model} at {spec.revision} could not be fetched into {spec.volume} on {place}: {cause}",
            f"let {place} reach the Hugging Face hub, or name a mirror in HF_ENDPOINT; the same command then goes on "
            "where it stopped",
        )
    return said[-1]


def _relayed(output: IO[bytes]) -> list[str]:
    """Passes a line on now and then, as progress; returns the last ones."""
    last: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
    printed = 0.0
    for line in io.TextIOWrapper(output, encoding="utf-8", errors="replace"):
        if not line.strip():
            continue
        last.append(line.strip())
        if time.monotonic() > printed + PROGRESS_SECONDS:
            printed = time.monotonic()
            print(last[-1], file=sys.stderr, flush=True)
    return list(last)


def _cause(said: list[str]) -> str:
    """What `fetch` says at its end, without the attempts before; all of it where the image did not come so far."""
    return "\n".join(said[max((at for at, line in enumerate(said) if line.startswith("cannot fetch")), default=0) :])


def _require_revision(docker: DockerCli, spec: InferenceModelSpec, folder: str) -> None:
    """A folder that was copied into the volume by hand has no note of the hub, and is taken as it is."""
    mount = ("--volume", f"{spec.volume}:/models:ro", "--entrypoint", "head")
    note = docker.attempt("run", "--rm", *CONFINED, *mount, spec.image, "--lines=1", f"{folder}/{HUB_NOTE}")
    held = note.stdout.decode(errors="replace").strip()
    if note.returncode == 0 and held != spec.revision:
        engine = f"docker -H {spec.docker_host}" if spec.docker_host else "docker"
        raise Failure(
            f"{spec.volume} holds {spec.model} at {held}, and the settings name {spec.revision}",
            f"{engine} run --rm --volume {spec.volume}:/models --entrypoint rm {spec.image} -r {folder}   "
            "(then run the same command again)",
        )


if __name__ == "__main__":
    sys.exit(main())
