"""Proves a new version of a service before the one that runs is replaced. Started by `pulumi up`.

A candidate with the same image, files, limits and health check, but on scratch volumes and without ports or alias, has
to become healthy in time; it is removed either way, on Ctrl-C and on SIGTERM too. The service itself and its data are
never touched, and the log lines of a failed candidate are printed without any text of the uploaded files.
"""

from __future__ import annotations

import signal
import sys

from operations.docker_cli import DockerCli, docker_cli
from operations.failure import guarded
from operations.rehearsal.candidate import candidate, until_healthy
from operations.rehearsal.spec import RehearsalSpec
from operations.stdin_spec import read_spec


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return guarded(lambda: rehearse(read_spec(RehearsalSpec)))


def rehearse(spec: RehearsalSpec) -> None:
    """Raises Failure when the candidate does not prove itself; the last line printed says why it was run or not."""
    with docker_cli(spec.docker_host, spec.ssh_options) as docker:
        if not services(docker, spec):
            print(f"{spec.service}: nothing to protect")
            return
        if spec.spec_hash and services(docker, spec, f"label=ai-platform.spec={spec.spec_hash}", "status=running"):
            print(f"{spec.service}: runs as specified")
            return
        print(f"{spec.service}: starting the new version beside the old one", file=sys.stderr, flush=True)
        with candidate(docker, spec):
            until_healthy(docker, spec)
    print(f"{spec.service}: the new version works")


def services(docker: DockerCli, spec: RehearsalSpec, *filters: str) -> list[str]:
    """Ids of the service's own containers, stopped ones too, that pass the further filters."""
    own = (f"label=ai-platform.environment={spec.environment}", f"label=ai-platform.service={spec.service}")
    return docker.run("ps", "--all", "--quiet", *(f"--filter={one}" for one in (*own, *filters))).split()


if __name__ == "__main__":
    sys.exit(main())
