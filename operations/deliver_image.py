"""Streams an image that was built here to an engine that cannot pull it: save, compress, send over SSH, load."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import subprocess
import sys

from pydantic import BaseModel

from operations.docker_cli import DockerCli, docker_cli
from operations.failure import Failure, guarded
from operations.stdin_spec import read_spec

SECONDS = 1800


class DeliverySpec(BaseModel):
    """What standard input holds; see components/docker_host.py."""

    image: str
    docker_host: str
    ssh_options: list[str]


def main() -> int:
    return guarded(lambda: deliver(read_spec(DeliverySpec)))


def deliver(spec: DeliverySpec) -> None:
    """Nothing is sent when the engine has the image already. Raises Failure unless both sides hold the same image."""
    with docker_cli(None, ()) as here, docker_cli(spec.docker_host, spec.ssh_options) as there:
        wanted = _image_id(here, spec.image)
        if wanted is None:
            raise Failure(f"{spec.image} is not on this machine", "make images")
        if _image_id(there, spec.image) == wanted:
            print(f"{spec.image} is already there")
            return
        _stream(here, there, spec.image)
        if _image_id(there, spec.image) != wanted:
            raise Failure(f"{spec.image} arrived changed on {spec.docker_host}", "run the same command again")
    print(f"{spec.image} is delivered")


def _stream(here: DockerCli, there: DockerCli, image: str) -> None:
    """Never holds the whole image: it may be larger than this machine's memory."""
    with (
        here.start("save", image, stdout=subprocess.PIPE) as saving,
        there.start("load", stdin=subprocess.PIPE) as loading,
    ):
        assert saving.stdout and loading.stdin  # noqa: S101  (both are pipes)
        with (
            contextlib.suppress(BrokenPipeError),
            gzip.GzipFile(fileobj=loading.stdin, mode="wb", compresslevel=1) as packed,
        ):
            shutil.copyfileobj(saving.stdout, packed, 1 << 20)
        with contextlib.suppress(BrokenPipeError):
            loading.stdin.close()
        codes = saving.wait(SECONDS), loading.wait(SECONDS)
    if any(codes):
        raise Failure(
            f"sending {image} failed: save ended with {codes[0]}, load with {codes[1]}", "see the message above"
        )


def _image_id(docker: DockerCli, image: str) -> str | None:
    done = docker.attempt("image", "inspect", "--format", "{{.Id}}", image)
    return done.stdout.decode().strip() if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
