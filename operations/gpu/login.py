"""Who logs in to a rented machine, and where it is now."""

from __future__ import annotations

from pathlib import Path

from hosts import ssh_config
from operations.engine import Engine
from operations.failure import USAGE, Failure
from operations.gpu.account import account_of, understood
from operations.gpu.records import machines
from operations.outputs import Machine, OutputsError, stack_outputs
from operations.project import ROOT
from operations.ssh_login import Login
from providers.tensordock.client.errors import NotFound
from providers.tensordock.client.instance import Instance
from providers.tensordock.client.status import Status
from providers.tensordock.plugin.readiness import SSH
from settings.host import Ssh
from settings.stack_file import read

READ_S = 60.0


def machine_login(stack: str, host: str) -> Login:
    """How to log in to the machine, at its present address. Raises Failure for one that is off, gone or never was."""
    known = machines_of(stack)
    if host not in known:
        names = ", ".join(sorted(known)) or "none"
        raise Failure(f"{stack} has no machine {host} (known: {names})", f"scripts/up -s {stack}", USAGE)
    return login_at(stack, host, present(stack, host, known[host]))


def machines_of(stack: str) -> dict[str, Machine]:
    """The machines of a stack as it was last brought up; where that cannot be read, as its state has them."""
    try:
        return stack_outputs(stack).machines
    except OutputsError:
        return recorded_machines(stack)


def recorded_machines(stack: str) -> dict[str, Machine]:
    """The machines that the stack's state has, also after an update that ended badly. Raises Failure."""
    return machines(Engine(stack).resources())


def present(stack: str, host: str, machine: Machine) -> Machine:
    """The machine as its account tells it now. Raises Failure unless it runs and has an address."""
    operation = account_of(stack).operation(READ_S)
    with understood():
        try:
            found = operation.api.instance(machine.instance_id)
        except NotFound:
            raise Failure(f"{host} of {stack} is gone: {machine.name}", f"scripts/up -s {stack}") from None
    if found.status is not Status.RUNNING or not found.ip_address:
        raise Failure(f"{host} of {stack} is {found.status}, nobody can log in", f"scripts/up -s {stack}")
    return machine.model_copy(update=_seen(found))


def login_at(stack: str, host: str, machine: Machine) -> Login:
    """How to log in to the machine where `machine` says that it is; `ssh` finds it there from now on."""
    declared = read(ROOT, stack).environment.hosts.get(host)
    if declared is None:
        raise Failure(f"{host} of {stack} still exists, and Pulumi.{stack}.yaml has no such host",
                      f"put it back there, or give it up: scripts/up -s {stack}")  # fmt: skip
    settings = declared.ssh
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


def _seen(found: Instance) -> dict[str, object]:
    return {
        "status": str(found.status),
        "ip_address": found.ip_address,
        "ssh_port": found.port(SSH),
        "ports": {str(each.internal_port): each.external_port for each in found.forwards},
        "hourly_micro_usd": found.hourly,
    }
