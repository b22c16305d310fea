"""Who logs in to a rented machine, and where it is now."""

from __future__ import annotations

from pathlib import Path

from hosts import ssh_config
from operations.failure import USAGE, Failure
from operations.outputs import Machine, stack_outputs
from operations.project import ROOT
from operations.ssh_login import Login
from settings.host import Ssh
from settings.stack_file import read


def machine_login(stack: str, host: str) -> Login:
    """How to log in to the machine, at its present address. Raises Failure for one that is off, gone or never was."""
    machines = stack_outputs(stack).machines
    if host not in machines:
        known = ", ".join(sorted(machines)) or "none"
        raise Failure(f"{stack} has no machine {host} (known: {known})", f"scripts/up -s {stack}", USAGE)
    return login_at(stack, host, machines[host])


def login_at(stack: str, host: str, machine: Machine) -> Login:
    """How to log in to the machine where `machine` says that it is; `ssh` finds it there from now on."""
    settings = read(ROOT, stack).environment.hosts[host].ssh
    if settings is None or machine.ip_address is None:
        raise Failure(f"{host} of {stack} has no address: it is {machine.status}", f"scripts/up -s {stack}")
    place = ssh_config.Place(
        stack=stack,
        host=host,
        address=machine.ip_address,
        port=machine.ssh_port,
        user=machine.user,
        identity_file=settings.identity_file,
        host_key=machine.host_key,
    )
    ssh_config.write(ROOT, place)
    ssh = Ssh(
        user=machine.user,
        port=machine.ssh_port,
        identity_file=str(ROOT / Path(settings.identity_file).expanduser()),
        known_hosts_file=str(ROOT / ssh_config.known_hosts_file(stack, host)),
    )
    return Login(stack=stack, name=host, address=machine.ip_address, ssh=ssh)
