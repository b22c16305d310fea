"""From whatever there is to the machine that is wanted. Creating and updating are the same work."""

from providers.tensordock.client.instance import Instance
from providers.tensordock.client.status import STOPPED, Status
from providers.tensordock.plugin.inputs import InstanceInputs
from providers.tensordock.plugin.lookup import current
from providers.tensordock.plugin.operation import Operation
from providers.tensordock.plugin.placement import place
from providers.tensordock.plugin.power import has_size, resize, start, stop
from providers.tensordock.plugin.readiness import TooExpensive, Unusable, await_ready
from providers.tensordock.plugin.record import Record
from providers.tensordock.plugin.removal import remove, remove_others

ENDING = frozenset({Status.DELETING, Status.DELETED, Status.TERMINATED})


class Vanished(Exception):
    """A machine that was in use is gone. A new one is an expense of its own, to be shown in a preview first."""


def converge(operation: Operation, record: Record, wanted: InstanceInputs) -> None:
    """One machine, as wanted, in the record.

    Raises TensorDockError, NoPlace, GpuTaken, Unusable or Vanished; the record then says what may exist.
    """
    found = current(operation, record)
    if found is not None and found.status in ENDING:
        remove(operation, record)
        found = None
    if found is None and record.ready:
        raise Vanished("it was deleted by somebody else")
    if found is None:
        record.gone()
    if found is None or not _adjusted(operation, record, wanted, found):
        place(operation, record, wanted)
    if not wanted.running:
        stop(operation, record)
    remove_others(operation, record)
    record.ready = True


def _adjusted(operation: Operation, record: Record, wanted: InstanceInputs, found: Instance) -> bool:
    """Whether the existing machine is as wanted now.

    One that will not do is removed if it never was in use, and kept otherwise; above the price cap it is stopped.
    """
    try:
        if not has_size(found, wanted.size):
            resize(operation, record, wanted.size)
            found = operation.api.instance(found.id)
        if wanted.running and found.status in STOPPED:
            start(operation, record, wanted)
        elif wanted.running:
            await_ready(operation, record, wanted)
    except Unusable as fault:
        if record.ready:
            if isinstance(fault, TooExpensive):
                stop(operation, record)
            raise
        remove(operation, record)
        return False
    return True
