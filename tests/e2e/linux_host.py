"""A simulated Linux machine that is brought to a role, and the roles that tests want of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from hosts.linux.spec import LinuxSpec
from hosts.linux.steps import linux_role
from hosts.linux.user import User
from hosts.login_command import Mode, login_command, standard_input
from hosts.package import Package
from hosts.report import Exit, Report, parse_report
from hosts.script import render_script
from planning.firewall import Rule
from simulators.hosts.ledger import read_ledger
from simulators.hosts.login import ssh_options
from tests.e2e.linux_machine import ADDRESS, Machine, new_machine

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7vxV6qXl0sVwW0nS0ZfPzVtq9q3m1cXw2o5l8Yp0dJ anna@laptop"
# This machine as the simulated one sees it: the gateway of the engine's network.
GATEWAY = "172.17.0.1/32"
SPEC = LinuxSpec(
    user="admin",
    packages=(Package(name="busybox-static"), Package(name="greeter", version="1.0-1")),
    users=(User(name="anna", authorized_keys=(KEY,), admin=True), User(name="bert", authorized_keys=(KEY,))),
    firewall=(Rule(service="web", port=8081, sources=(GATEWAY,)),),
    container_ports=(80,),
    docker=True,
    package_wait_seconds=60,
)
SERVE = "sudo docker run -d --name web --init -p 8081:80 --restart always tiny /bin/busybox httpd -f -p 80"


@dataclass(frozen=True)
class LinuxMachine:
    """A machine, and runs of the host script on it."""

    machine: Machine

    @property
    def login(self) -> list[str]:
        return ["ssh", *ssh_options(self.machine.keys), "-p", str(self.ssh_port), f"admin@{ADDRESS}"]

    @property
    def ssh_port(self) -> int:
        return self.machine.specification.ssh_port

    def run(self, mode: Mode = "apply", spec: LinuxSpec = SPEC) -> tuple[int, Report]:
        ended = subprocess.run(
            [*self.login, login_command(mode)],
            input=standard_input(render_script(linux_role(spec)), {}),
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert ended.returncode in set(Exit), ended.stderr
        return ended.returncode, parse_report(ended.stdout)

    def logins(self) -> int:
        return sum(entry["kind"] == "login" for entry in read_ledger(self.machine.specification.name))

    def docker(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The docker command of this machine, over ssh:// with the pinned host key."""
        wrapper = folder / "ssh"
        wrapper.write_text(f'#!/bin/sh\nexec /usr/bin/ssh {" ".join(ssh_options(self.machine.keys))} "$@"\n')
        wrapper.chmod(0o755)
        return subprocess.run(
            ["docker", "-H", f"ssh://admin@{ADDRESS}:{self.ssh_port}", *arguments],
            env=os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def serve(self) -> None:
        """A container that publishes port 8081."""
        self.machine.shell(f"sudo docker rm -f web; tar -c -C / bin/busybox | sudo docker import - tiny; {SERVE}")


def new_host(name: str, first_port: int) -> Iterator[LinuxMachine]:
    for machine in new_machine(name, first_port):
        yield LinuxMachine(machine)


def open_to(*sources: str) -> LinuxSpec:
    """The usual role, with the port of `serve` open to other networks."""
    return replace(SPEC, firewall=(Rule(service="web", port=8081, sources=sources),))
