"""When a machine is ready: it runs, has an address, and its SSH server answers. `running` alone says little."""

import socket

from providers.tensordock.client.errors import NotFound
from providers.tensordock.client.instance import Instance
from providers.tensordock.client.money import hourly
from providers.tensordock.client.status import LOST, STOPPED, Status
from providers.tensordock.plugin.inputs import InstanceInputs
from providers.tensordock.plugin.operation import Operation
from providers.tensordock.plugin.record import Record

SSH = 22
BANNER_S = 5.0
UNKNOWN_LOOKS = 6
"""How often a machine that was just ordered may be unknown before it counts as vanished."""


class Unusable(Exception):
    """The machine exists, and will not do where it is."""


class TooExpensive(Unusable):
    """It costs more than the program allows."""


def await_ready(operation: Operation, record: Record, wanted: InstanceInputs) -> None:
    """Returns when the record's machine is ready. Raises Unusable, or TensorDockError when nobody can tell."""
    patience = operation.api.patience.part(wanted.ready_timeout_seconds)
    ran, told = False, ""
    while True:
        found = _read(operation, record)
        record.found(found)
        _check_price(record, wanted)
        if found.status in LOST or (ran and found.status in STOPPED):
            raise Unusable(f"it went to {found.status} by itself")
        ran = ran or found.status is Status.RUNNING
        missing = _missing(found, wanted)
        if not missing:
            return
        if missing != told:
            told = missing
            operation.say(f"waiting for {record.name}, which has {missing}; it costs {hourly(record.hourly)}")
        if patience.remaining <= operation.poll_s:
            operation.api.patience.check(f"another look at {record.instance_id}, which has {missing}")
            raise Unusable(f"it has {missing} after {wanted.ready_timeout_seconds} s")
        operation.pause(f"another look at {record.instance_id}, which has {missing}")


def _read(operation: Operation, record: Record) -> Instance:
    """The machine; one that was ordered a moment ago may not be known everywhere yet."""
    for _ in range(UNKNOWN_LOOKS if record.seen is None else 2):
        try:
            return operation.api.instance(str(record.instance_id))
        except NotFound:
            operation.pause(f"another look for {record.instance_id}")
    raise Unusable("it has vanished")


def _check_price(record: Record, wanted: InstanceInputs) -> None:
    if record.hourly is not None and record.hourly > wanted.cap:
        raise TooExpensive(f"it costs {hourly(record.hourly)}, more than the cap of {hourly(wanted.cap)}")


def _missing(found: Instance, wanted: InstanceInputs) -> str:
    """What it still lacks, in words; empty when it is ready."""
    if found.status is not Status.RUNNING:
        return f"the state {found.status}"
    if not found.ip_address:
        return "no address"
    if not wanted.dedicated_ip and not any(each.internal_port == SSH for each in found.forwards):
        return f"no forwarded port {SSH}"
    if wanted.wait_for_ssh and not _ssh_answers(found.ip_address, found.port(SSH)):
        return f"no SSH server at {found.ip_address}:{found.port(SSH)}"
    return ""


def _ssh_answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), BANNER_S) as connection:
            connection.settimeout(BANNER_S)
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
