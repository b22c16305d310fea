"""A simulated Mac, and what tests ask of it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import requests

from hosts.login_command import Mode, login_command, standard_input
from hosts.mac.spec import MacSpec
from hosts.mac.steps import mac_role
from hosts.report import Exit, Report, parse_report
from hosts.script import render_script
from simulators.hosts import lifecycle
from simulators.hosts.identity import Identity
from simulators.hosts.ledger import read_ledger
from simulators.hosts.login import ssh_options
from simulators.hosts.specification import Specification
from tests.e2e.simulated_host import simulated_host

ADDRESS = "127.0.0.3"
INSIDE = {"ollama": 11434, "postgres": 5432, "redis": 6379}


@dataclass(frozen=True)
class Mac:
    """A simulated Mac, how to log in, and what it is to be unless a test says otherwise."""

    specification: Specification
    keys: Identity
    spec: MacSpec
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def login(self) -> list[str]:
        return ["ssh", *ssh_options(self.keys), "-p", str(self.specification.ssh_port), f"admin@{ADDRESS}"]

    def run(self, mode: Mode = "apply", spec: MacSpec | None = None) -> tuple[int, Report]:
        ended = subprocess.run(
            [*self.login, login_command(mode)],
            input=standard_input(render_script(mac_role(spec or self.spec)), self.secrets),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ended.returncode in set(Exit), ended.stderr
        return ended.returncode, parse_report(ended.stdout)

    def repairs_exactly(self, *steps: str) -> Report:
        """A check finds these steps and no other, an apply changes these and no other, and then all is well."""
        code, found = self.run("check")
        would_change = sorted(found.with_status("would-change"))
        assert (code, would_change, found.with_status("failed")) == (Exit.DIFFERS, sorted(steps), [])
        code, repaired = self.run()
        assert (code, sorted(repaired.with_status("changed"))) == (Exit.OK, sorted(steps)), repaired
        assert self.run("check")[0] == Exit.OK
        return found

    def detail(self, report: Report, step: str) -> str:
        return next(result.detail for result in report.steps if result.step == step)

    def shell(self, command: str) -> str:
        return subprocess.run([*self.login, command], capture_output=True, text=True, timeout=60, check=True).stdout

    def cut_power(self) -> None:
        """The machine is dead at once, and starts again."""
        subprocess.run(["docker", "kill", self.specification.container], capture_output=True, check=True, timeout=60)
        lifecycle.start(self.specification)

    def logins(self) -> int:
        return sum(entry["kind"] == "login" for entry in read_ledger(self.specification.name))

    def ollama_version(self) -> str:
        port = next(here for here, inside in self.specification.publish if inside == INSIDE["ollama"])
        answer = requests.get(f"http://{ADDRESS}:{port}/api/version", timeout=10)
        return str(answer.json()["version"])


def new_mac(
    name: str, ssh_port: int, spec: MacSpec, secrets: Mapping[str, str] | None = None, **ports: int
) -> Iterator[Mac]:
    """A Mac as it comes out of its box; `ports` maps services to ports of this machine."""
    publish = ((ssh_port, 22), *((port, INSIDE[service]) for service, port in ports.items()))
    with simulated_host(name, ADDRESS, publish) as (specification, keys):
        yield Mac(specification, keys, spec, secrets or {})
