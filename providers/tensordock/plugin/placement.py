"""Making a machine: one place after the other, never two machines at a time, and none that is forgotten."""

from collections.abc import Sequence

from providers.tensordock.client import errors
from providers.tensordock.client.instance import Instance
from providers.tensordock.client.money import hourly
from providers.tensordock.plugin.inputs import InstanceInputs
from providers.tensordock.plugin.lookup import by_name, named
from providers.tensordock.plugin.offers import Offer, choose
from providers.tensordock.plugin.operation import Operation
from providers.tensordock.plugin.order import deployment
from providers.tensordock.plugin.readiness import Unusable, await_ready
from providers.tensordock.plugin.record import Record
from providers.tensordock.plugin.removal import remove


class NoPlace(Exception):
    """No place took the machine; nothing exists. The text has one line for each place and why."""


def place(operation: Operation, record: Record, wanted: InstanceInputs) -> None:
    """Puts a ready machine into the record, at the best place that takes it.

    Raises NoPlace, or TensorDockError; then the record says what may exist.
    """
    choice = choose(wanted, [] if wanted.hostnode_id else operation.api.locations())
    tried: list[str] = []
    for offer in choice.offers:
        refusal = _order(operation, record, wanted, offer) or _settle_in(operation, record, wanted)
        if not refusal:
            return
        tried.append(f"{offer.place}: {refusal}")
        operation.say(tried[-1])
    raise NoPlace(_report(wanted, [*tried, *choice.rejected]))


def _order(operation: Operation, record: Record, wanted: InstanceInputs, offer: Offer) -> str:
    """Orders at one place, unless a machine of the name has appeared; why it was refused, or nothing."""
    if listed := named(operation, record.name):
        return _found(record, listed[0])
    operation.say(f"ordering {record.name} at {offer.place} for {hourly(offer.hourly)}")
    record.doubtful, record.hourly = True, offer.hourly
    try:
        identifier = operation.api.create(deployment(wanted, record.name, offer))
    except errors.Doubtful as doubt:
        return _found(record, by_name(operation, record.name), doubt)
    except (errors.NoCapacity, errors.NotFound) as refusal:
        return _found(record, next(iter(named(operation, record.name)), None), refusal)
    except errors.TensorDockError:
        record.gone()
        raise
    record.ordered(identifier, offer.location_id, offer.hourly)
    return ""


def _found(record: Record, machine: Instance | None, refusal: Exception | None = None) -> str:
    if machine is None:
        record.gone()
        return str(refusal)
    record.listed(machine)
    return ""


def _settle_in(operation: Operation, record: Record, wanted: InstanceInputs) -> str:
    """Waits for the machine; one that will not do is removed, and the reason told."""
    try:
        await_ready(operation, record, wanted)
    except Unusable as fault:
        remove(operation, record)
        return str(fault)
    return ""


def _report(wanted: InstanceInputs, reasons: Sequence[str]) -> str:
    what = f"{wanted.gpu_count} x {wanted.gpu_model} with {wanted.vcpu_count} vCPUs and {wanted.ram_gb} GB"
    advice = "wait, raise maxHourlyPrice, lower minimumTier or choose another card"
    return "\n  ".join([f"no place takes {what}; {advice}:", *(reasons or ["no location offers this card"])])
