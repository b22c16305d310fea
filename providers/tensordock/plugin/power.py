"""Switching machines on and off, and what can only be changed while they are off."""

import re
from typing import Final

from providers.tensordock.client.deployment import Size
from providers.tensordock.client.errors import (
    Doubtful,
    NoBalance,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    Unreachable,
)  # fmt: skip
from providers.tensordock.client.instance import Instance
from providers.tensordock.client.status import STOPPED
from providers.tensordock.plugin.inputs import InstanceInputs
from providers.tensordock.plugin.operation import Operation
from providers.tensordock.plugin.readiness import Unusable, await_ready
from providers.tensordock.plugin.record import Record

LOOKS: Final = 6
"""What had no effect is asked for again after so many looks."""
TRIES: Final = 3
UP: Final = re.compile(r"already (running|started)|must be stopped", re.I)


class GpuTaken(Exception):
    """The start was refused: somebody else has the card. The machine will not come back where it is."""


def stop(operation: Operation, record: Record) -> Instance:
    """Returns when the machine is off. Goes on through errors until the time is used up or the token is refused."""
    looks, trouble = 0, ""
    operation.say(f"stopping {record.name}")
    while True:
        try:
            if looks % LOOKS == 0:
                _ask_stop(operation, record)
            looks += 1
            found = operation.api.instance(str(record.instance_id))
            record.found(found)
            if found.status in STOPPED:
                return found
        except (Unauthorized, NotFound):
            raise
        except (Doubtful, Unreachable, Refused) as error:
            trouble = f" ({error})"
        operation.pause(f"another look for {record.instance_id}, which is to be stopped{trouble}")


def _ask_stop(operation: Operation, record: Record) -> None:
    try:
        operation.api.stop(str(record.instance_id))
    except (Unauthorized, NotFound, RateLimited):
        raise
    except Refused:
        return  # what is off already refuses a stop: the next look tells


def start(operation: Operation, record: Record, wanted: InstanceInputs) -> None:
    """Returns when the machine is ready. Raises GpuTaken, or Unusable when it does not come up."""
    operation.say(f"starting {record.name}")
    for _ in range(TRIES):
        _ask_start(operation, record)
        for _ in range(LOOKS):
            found = operation.api.instance(str(record.instance_id))
            if found.status not in STOPPED:
                await_ready(operation, record, wanted)
                return
            operation.pause(f"another look for {record.instance_id}, which is to start")
    raise Unusable(f"it is still off after {TRIES} starts")


def _ask_start(operation: Operation, record: Record) -> None:
    try:
        operation.api.start(str(record.instance_id))
    except (Unauthorized, NotFound, RateLimited, NoBalance):
        raise
    except Refused as refusal:
        if refusal.status != 409 and not UP.search(str(refusal)):
            raise GpuTaken(str(refusal)) from refusal
    except (Doubtful, Unreachable):
        return  # the next look tells whether it starts


def resize(operation: Operation, record: Record, size: Size) -> None:
    """Returns when the machine is off and has that size. Raises Unusable when the service does not take it."""
    stop(operation, record)
    for _ in range(TRIES):
        try:
            operation.api.modify(str(record.instance_id), size)
        except (Doubtful, Unreachable):
            operation.pause(f"a look at the size of {record.instance_id}")
        found = operation.api.instance(str(record.instance_id))
        record.found(found)
        if has_size(found, size):
            return
        operation.pause(f"another change of the size of {record.instance_id}")
    raise Unusable("its size was changed, and is what it was before")


def has_size(found: Instance, size: Size) -> bool:
    """Whether the machine is that large; what the API does not tell is taken to be right."""
    told = found.resources
    cards = next(iter(told.gpus.values()), None)
    pairs = [
        (told.vcpu_count, size.vcpus),
        (told.ram_gb, size.ram_gb),
        (told.storage_gb, size.storage_gb),
        (cards.count if cards else None, size.gpu_count),
    ]
    return all(real is None or real == wished for real, wished in pairs)
