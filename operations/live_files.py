"""Gives a running service other files: its configuration, the names that it checks. Started by `pulumi up`.

The service checks them, takes them up without a restart and says so. What it cannot use changes nothing: the files
before are served on, and after a restart too.
"""

from __future__ import annotations

import signal
import sys

from pydantic import BaseModel, Field

from catalogue.definition import VERSION
from operations.docker_cli import docker_cli
from operations.failure import Failure, guarded
from operations.live.folder import LiveFolder
from operations.stdin_spec import read_spec


class LiveFilesSpec(BaseModel):
    """What standard input holds; see components/live_files.py. `files` maps paths in the folder to texts."""

    docker_host: str | None = None
    ssh_options: list[str] = []
    service: str
    container: str
    container_id: str
    folder: str = Field(pattern="^/")
    version: str = Field(pattern="^[0-9a-f]+$")
    files: dict[str, str]
    check: list[str]
    reload: list[str]
    asked: list[str]


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return guarded(lambda: apply(read_spec(LiveFilesSpec)))


def apply(spec: LiveFilesSpec) -> None:
    """Raises Failure with the words of the service where it does not take the files; it goes on as before then."""
    with docker_cli(spec.docker_host, spec.ssh_options) as docker:
        folder = LiveFolder(docker=docker, container=spec.container, folder=spec.folder)
        try:
            _bring(folder, spec)
        except Failure as failure:
            cause = f"{spec.service} goes on as before: {failure}"
            raise Failure(
                cause, f"mend what it says, then: make up; to read on: {docker.command} logs {spec.container}"
            ) from None
    print(f"{spec.service} answers by version {spec.version[:12]}")


def _bring(folder: LiveFolder, spec: LiveFilesSpec) -> None:
    before = folder.current()
    if before == spec.version == folder.answering(spec.asked):
        return
    files = {path: text.replace(VERSION, spec.version) for path, text in spec.files.items()}
    folder.receive(spec.version, files, spec.check)
    folder.lead(spec.version)
    try:
        folder.reload(spec.reload)
        folder.until(spec.version, spec.asked)
    except Failure:
        folder.lead(before)
        raise
    folder.tidy()


if __name__ == "__main__":
    sys.exit(main())
