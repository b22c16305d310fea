"""Machines that Pulumi did not make: found by what the user calls them."""

from providers.common.errors import PluginError
from providers.common.values import Properties
from providers.tensordock.client.instance import Instance
from providers.tensordock.client.money import to_dollars
from providers.tensordock.plugin.lookup import by_id, named
from providers.tensordock.plugin.operation import Operation
from providers.tensordock.plugin.record import Record


def present_price(record: Record) -> Properties:
    """The cap that an imported machine gets: what it costs now."""
    return {} if record.hourly is None else {"maxHourlyPrice": float(to_dollars(record.hourly))}


def imported(operation: Operation, record: Record, identifier: str) -> Instance | None:
    """The machine to import, by its id or by a name that only it has."""
    found = by_id(operation, identifier)
    if found is None:
        bearers = named(operation, identifier)
        if len(bearers) > 1:
            raise PluginError(f"{len(bearers)} VMs are named {identifier}: import one of {[vm.id for vm in bearers]}")
        found = by_id(operation, bearers[0].id) if bearers else None
    if found is not None:
        record.name, record.ready = found.name, True
        record.found(found)
    return found
