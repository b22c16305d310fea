"""Serves the built pages of a web application. Started by `pulumi up`.

A release is complete before it is served, the last ones stay for `scripts/site rollback`, and one that was rolled back
by hand is not served again until the folder changes.
"""

from __future__ import annotations

import signal
import sys

from pydantic import BaseModel

from operations.docker_cli import docker_cli
from operations.failure import Failure, guarded
from operations.site.deliver import deliver, site_of
from operations.site.volume import SiteVolume
from operations.stdin_spec import read_spec


class SiteSpec(BaseModel):
    """What standard input holds; see components/site.py."""

    docker_host: str | None = None
    ssh_options: list[str] = []
    image: str
    volume: str
    folder: str
    digest: str
    generation: str


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return guarded(lambda: apply(read_spec(SiteSpec)))


def apply(spec: SiteSpec) -> None:
    """Raises Failure when the folder is no longer what was planned, or its pages cannot be delivered."""
    site = site_of(spec.folder)
    if site.digest != spec.digest:
        raise Failure(f"site {spec.folder} has changed since this run began", "run the same command again")
    with docker_cli(spec.docker_host, spec.ssh_options) as docker:
        print(deliver(SiteVolume(docker=docker, image=spec.image, volume=spec.volume), site, again=False))


if __name__ == "__main__":
    sys.exit(main())
