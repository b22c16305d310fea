"""Finding machines. That one is absent is believed only when two reads agree; an error is never an absence."""

from providers.tensordock.client.errors import NotFound
from providers.tensordock.client.instance import Instance
from providers.tensordock.plugin.identity import of_name
from providers.tensordock.plugin.operation import Operation
from providers.tensordock.plugin.record import Record


def by_id(operation: Operation, identifier: str) -> Instance | None:
    """The machine, or None after two answers that there is none."""
    try:
        return operation.api.instance(identifier)
    except NotFound:
        operation.pause(f"second look for {identifier}")
    try:
        return operation.api.instance(identifier)
    except NotFound:
        return None


def named(operation: Operation, name: str) -> list[Instance]:
    """The machines of that name, by one list."""
    return [each for each in operation.api.instances() if each.name == name]


def others(operation: Operation, record: Record) -> list[str]:
    """The ids of machines that were made for the same resource and are not the record's; none of a foreign name's."""
    ours = of_name(record.name)
    if ours is None:
        return []
    known = [(each.id, of_name(each.name)) for each in operation.api.instances() if each.id != record.instance_id]
    return [identifier for identifier, other in known if other is not None and other.owner == ours.owner]


def by_name(operation: Operation, name: str) -> Instance | None:
    """A machine of that name as a list shows it, or None when two lists do not."""
    found = named(operation, name)
    if not found:
        operation.settle(f"second list for {name}")
        found = named(operation, name)
    return found[0] if found else None


def current(operation: Operation, record: Record) -> Instance | None:
    """The record's machine, fully read, by its id and by its name where that is ours; None when it is gone.

    Where nothing says that one was ever made, one list is enough: a duplicate would be found at the end.
    """
    suspected = record.may_exist
    found = None if record.instance_id is None else by_id(operation, record.instance_id)
    if found is None and of_name(record.name) is not None:
        listed = by_name(operation, record.name) if suspected else next(iter(named(operation, record.name)), None)
        found = None if listed is None else by_id(operation, listed.id)
    if found is not None:
        record.found(found)
    return found
