"""A simulated Linux machine for a test, and what can be asked of it from outside."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import requests

from simulators.hosts.identity import Identity
from simulators.hosts.login import ssh_options
from simulators.hosts.specification import Specification
from tests.e2e.simulated_host import simulated_host

ADDRESS = "127.0.0.4"
INSTALL = "sudo DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends"
BOOT = "cat /proc/sys/kernel/random/boot_id"


@dataclass(frozen=True)
class Machine:
    """A simulated Linux machine and how to log in. Its ports 22, 8080 and 8081 are published."""

    specification: Specification
    keys: Identity

    def tried(self, command: str, user: str = "admin") -> subprocess.CompletedProcess[str]:
        login = ["ssh", *ssh_options(self.keys), "-p", str(self.specification.ssh_port), f"{user}@{ADDRESS}"]
        return subprocess.run([*login, command], capture_output=True, text=True, timeout=120, check=False)

    def shell(self, command: str) -> str:
        ended = self.tried(command)
        assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"
        return ended.stdout.strip()

    def answers(self, port: int) -> bool:
        here = next(here for here, inside in self.specification.publish if inside == port)
        try:
            return requests.get(f"http://{ADDRESS}:{here}/", timeout=2).status_code in (200, 404)
        except requests.RequestException:
            return False

    def wait_for_answer(self, port: int) -> None:
        deadline = time.monotonic() + 30
        while not self.answers(port):
            assert time.monotonic() < deadline, f"nothing answers on port {port}"
            time.sleep(0.1)

    def wait_for_boot(self, before: str) -> None:
        deadline = time.monotonic() + 30
        while True:
            now = self.tried(BOOT)
            if now.returncode == 0 and now.stdout.strip() != before:
                self.shell("systemctl is-system-running --wait")
                return
            assert time.monotonic() < deadline, now.stderr
            time.sleep(0.1)


def new_machine(name: str, first_port: int) -> Iterator[Machine]:
    ports = tuple((first_port + number, inside) for number, inside in enumerate((22, 8080, 8081)))
    with simulated_host(name, ADDRESS, ports, "linux") as (specification, keys):
        yield Machine(specification, keys)
