"""A Docker engine that one reaches over SSH only: the one of a simulated Mac."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from simulators.hosts.login import ssh_options
from simulators.hosts.specification import Specification
from tests.e2e.simulated_host import simulated_host

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
    with simulated_host(name, address, ((2391, SSH_PORT), *publish)) as (specification, keys):
        engine = FarEngine(specification, tuple(ssh_options(keys)))
        engine.shell(WITH_DOCKER)
        yield engine
