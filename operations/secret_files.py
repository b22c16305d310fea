"""Puts the secret files of a service with a read-only root into a volume of their own. Started by `pulumi up`.

Docker refuses to upload files into such a container, even before its first start. The volume is no data: it is written
again whenever it has to be, and goes with the environment.
"""

from __future__ import annotations

import signal
import sys

from pydantic import BaseModel, Field

from operations.docker_cli import DockerCli, docker_cli
from operations.failure import guarded
from operations.rehearsal.candidate import uninterrupted
from operations.rehearsal.spec import Upload
from operations.rehearsal.uploads import archive
from operations.stdin_spec import read_spec


class SecretFilesSpec(BaseModel):
    """What standard input holds; see components/secret_files.py. `files` maps paths in `folder` to their contents."""

    docker_host: str | None = None
    ssh_options: list[str] = []
    environment: str
    service: str
    image: str
    volume: str
    folder: str = Field(pattern="^/")
    files: dict[str, str]


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return guarded(lambda: apply(read_spec(SecretFilesSpec)))


def apply(spec: SecretFilesSpec) -> None:
    """Makes the volume where it is missing and writes every file. Raises Failure with Docker's words."""
    with docker_cli(spec.docker_host, spec.ssh_options) as docker:
        labels = (f"ai-platform.environment={spec.environment}", f"ai-platform.service={spec.service}")
        docker.run("volume", "create", *(f"--label={label}" for label in labels), spec.volume)
        _write(docker, spec)
    print(f"{spec.volume} holds {', '.join(sorted(spec.files))}")


def _write(docker: DockerCli, spec: SecretFilesSpec) -> None:
    """Through a container that is never started: all that has to be there is the service's own image."""
    name = f"{spec.volume}-writer"
    uploads = [Upload(file=f"/{path}", content=content, permissions="0444") for path, content in spec.files.items()]
    docker.attempt("rm", "--force", name)  # a killed run may have left it
    try:
        mount = f"{spec.volume}:{spec.folder}"
        docker.run("create", "--name", name, "--network", "none", "--volume", mount, spec.image)
        docker.run("cp", "-", f"{name}:{spec.folder}", stdin=archive(uploads))
    finally:
        with uninterrupted():
            docker.attempt("rm", "--force", name)


if __name__ == "__main__":
    sys.exit(main())
