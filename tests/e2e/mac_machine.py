"""One simulated Mac for tests, as it comes out of its box."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from simulators.hosts.identity import Identity
from simulators.hosts.login import ssh_options
from simulators.hosts.specification import Specification
from tests.e2e.simulated_host import simulated_host

ADDRESS = "127.0.0.13"
BREW = "export PATH=/opt/homebrew/bin:$PATH LC_ALL=C;"
FAULTS = "/opt/simulator/faults"


@dataclass(frozen=True)
class Mac:
    """A simulated Mac and how to log in. Its ports 22 and 8080 are published."""

    specification: Specification
    keys: Identity

    @property
    def login(self) -> list[str]:
        """The ssh command line without the command."""
        return ["ssh", *ssh_options(self.keys), "-p", str(self.specification.ssh_port), f"admin@{ADDRESS}"]

    def shell(self, script: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a script by /bin/sh on the Mac; output and errors are put together."""
        return subprocess.run(
            [*self.login, "/bin/sh -s"],
            input=f"exec 2>&1\n{script}\n", capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def ok(self, script: str) -> str:
        """The output of a script that must succeed."""
        ended = self.shell(script)
        assert ended.returncode == 0, ended.stdout
        return ended.stdout

    @contextmanager
    def fault(self, name: str, argument: str = "") -> Iterator[None]:
        """Have a fault switched on."""
        self.ok(f"printf %s {shlex.quote(argument)} >{FAULTS}/{name}")
        yield
        self.ok(f"rm -f {FAULTS}/{name}")

    def power_cut(self) -> None:
        """Cut the power and start again; returns when the machine runs, not when it lets somebody in."""
        for verb in ("kill", "start"):
            subprocess.run(["docker", verb, self.specification.container], check=True, timeout=60, capture_output=True)


def plist(label: str, arguments: list[str], **keys: str) -> str:
    """A command that loads a job of the user `admin`; keys are given as XML."""
    strings = "".join(f"<string>{argument}</string>" for argument in arguments)
    more = "".join(f"<key>{key}</key>{value}" for key, value in keys.items())
    text = (
        f'<plist version="1.0"><dict><key>Label</key><string>{label}</string><key>UserName</key><string>admin</string>'
        f"<key>ProgramArguments</key><array>{strings}</array>{more}</dict></plist>"
    )
    path = f"/Library/LaunchDaemons/{label}.plist"
    return f"printf %s {shlex.quote(text)} | sudo tee {path} >/dev/null; sudo launchctl bootstrap system {path}"


def new_mac(name: str, first_port: int) -> Iterator[Mac]:
    """A Mac as it comes out of its box."""
    with simulated_host(name, ADDRESS, ((first_port, 22), (first_port + 1, 8080))) as (specification, keys):
        yield Mac(specification, keys)
