"""Removing machines until the API says twice that they are gone. Nothing else counts as gone."""

from providers.tensordock.client.errors import Doubtful, NotFound, Refused, Unauthorized, Unreachable
from providers.tensordock.plugin.identity import of_name
from providers.tensordock.plugin.lookup import named, others
from providers.tensordock.plugin.operation import Operation
from providers.tensordock.plugin.record import Record

LOOKS = 6
"""A deletion is asked for again after so many looks."""


def remove(operation: Operation, record: Record) -> None:
    """Removes the machine of the record and, where the name is ours, every other one of that name.

    Goes on through errors until the time is used up. Raises OutOfTime, Cancelled or Unauthorized.
    """
    gone: set[str] = set()
    if record.instance_id is not None:
        _remove_one(operation, record.instance_id)
        gone.add(record.instance_id)
    while of_name(record.name) is not None:
        left = _left(operation, record.name, gone)
        for identifier in left:
            _remove_one(operation, identifier)
            gone.add(identifier)
        if not left and not record.doubtful:
            break
        record.doubtful = False
        operation.settle(f"second list for {record.name}")
    record.gone()


def remove_others(operation: Operation, record: Record) -> None:
    """Removes duplicates of the record's machine and what runs that were cut off have left of it."""
    for identifier in others(operation, record):
        _remove_one(operation, identifier)
    record.strays = 0


def _left(operation: Operation, name: str, gone: set[str]) -> list[str]:
    """The ids of the machines of that name that are not known to be gone; asked until there is an answer."""
    while True:
        try:
            return [each.id for each in named(operation, name) if each.id not in gone]
        except Unauthorized:
            raise
        except (Doubtful, Unreachable, Refused) as error:
            operation.pause(f"another list for {name}: {error}")


def _remove_one(operation: Operation, identifier: str) -> None:
    missing, looks, trouble = 0, 0, ""
    operation.say(f"deleting {identifier}")
    while missing < 2:
        try:
            if looks % LOOKS == 0 and not missing:
                _ask(operation, identifier)
            looks += 1
            operation.api.instance(identifier)
            missing = 0
        except NotFound:
            missing += 1
        except Unauthorized:
            raise
        except (Doubtful, Unreachable, Refused) as error:
            missing, trouble = 0, f" ({error})"
        if missing < 2:
            operation.pause(f"another look for {identifier}, which is to be deleted{trouble}")


def _ask(operation: Operation, identifier: str) -> None:
    try:
        operation.api.delete(identifier)
    except NotFound:
        return
