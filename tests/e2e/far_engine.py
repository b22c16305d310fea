"""A Docker engine that one reaches over SSH only: the one of a simulated Mac."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from simulators.hosts import lifecycle
from simulators.hosts.login import ssh_options
from simulators.hosts.specification import Specification
from toolchain.image_references import recorded_references

SSH_PORT = 22
WITH_DOCKER = """set -e
echo 'SetEnv PATH=/opt/homebrew/bin:/usr/bin:/bin:/usr/sbin:/sbin' | sudo tee /etc/ssh/sshd_config.d/050-path.conf
PATH=/opt/homebrew/bin:$PATH
brew install docker colima
colima start
"""


@dataclass(frozen=True)
class FarEngine:
    """`options` are those of ssh; `url` is what Docker takes."""

    specification: Specification
    options: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"ssh://admin@{self.specification.address}:{self.specification.ssh_port}"

    def shell(self, command: str) -> str:
        login = ["ssh", *self.options, "-p", str(self.specification.ssh_port), f"admin@{self.specification.address}"]
        done = subprocess.run([*login, command], capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def docker(self, *arguments: str) -> str:
        return self.shell(shlex.join(["docker", *arguments]))


@contextmanager
def far_engine(name: str, address: str, *publish: tuple[int, int]) -> Iterator[FarEngine]:
    """A new Mac with Docker; it goes with all that is on it. Publishes these ports beside sshd's."""
    image = recorded_references().get("mac")
    if image is None:
        pytest.skip("the image of simulated Macs is not built: python -m toolchain.images mac")
    specification = Specification(name=name, address=address, publish=((2391, SSH_PORT), *publish), image=image)
    lifecycle.stop(name)
    try:
        engine = FarEngine(specification, tuple(ssh_options(lifecycle.start(specification))))
        engine.shell(WITH_DOCKER)
        yield engine
    finally:
        lifecycle.stop(name, purge=True)
