"""The resource `tensordock:index:Instance`: its operations, and how each of them ends badly.

The id of a created one is its name, not the API's id: a creation whose answer was lost has no other. The API's id is
the output `instanceId`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Final

from typing_extensions import override

from providers.common.difference import Change
from providers.common.errors import PluginError
from providers.common.resource import Call, Resource, Snapshot
from providers.common.schema import Failure, Field
from providers.common.values import UNKNOWN, Properties
from providers.tensordock.client.errors import TensorDockError
from providers.tensordock.plugin.account import Account
from providers.tensordock.plugin.bringing_about import bring_about
from providers.tensordock.plugin.changes import instance_changes
from providers.tensordock.plugin.checks import failures
from providers.tensordock.plugin.fields import INSTANCE, OUTPUTS, chosen_at_creation
from providers.tensordock.plugin.identity import identity
from providers.tensordock.plugin.importing import imported, present_price
from providers.tensordock.plugin.inputs import InstanceInputs
from providers.tensordock.plugin.lookup import current, others
from providers.tensordock.plugin.record import Record
from providers.tensordock.plugin.removal import remove
from providers.tensordock.plugin.state import record_of, state_of

CREATE_S: Final = 3600.0
UPDATE_S: Final = 1800.0
DELETE_S: Final = 1800.0
READ_S: Final = 300.0
MOVING: Final = ("status", "ipAddress", "sshPort", "ports", "hourlyMicroUsd")
"""Outputs that a start or a new size may change."""


class InstanceResource(Resource):
    """Machines with GPUs. Every operation leaves a machine that may exist in the state, with its price in the error."""

    token = "tensordock:index:Instance"  # noqa: S105 - a type token
    fields: ClassVar[Mapping[str, Field]] = INSTANCE
    outputs = OUTPUTS
    delete_before_replace = True

    def __init__(self, account: Callable[[], Account]) -> None:
        self._account = account

    @override
    def failures(self, inputs: Properties) -> Iterable[Failure]:
        return failures(InstanceInputs, inputs)

    @override
    def changes(self, state: Properties, inputs: Properties, ignored: list[str]) -> list[Change]:
        return instance_changes(state, inputs, ignored)

    @override
    def planned(self, inputs: Properties, state: Properties) -> Properties:
        planned = super().planned(inputs, state)
        return planned | dict.fromkeys(MOVING, UNKNOWN) if self.changes(state, inputs, []) else planned

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        record = Record(identity(self._account().namespace, call.urn, chosen_at_creation(inputs)).name)
        operation = self._account().operation(call, CREATE_S)
        bring_about(operation, record, inputs)
        return Snapshot(record.name, state_of(record, inputs))

    @override
    def read(self, identifier: str, state: Properties, call: Call) -> Snapshot | None:
        operation, record = self._account().operation(call, READ_S), record_of(identifier, state)
        try:
            found = current(operation, record) if state else imported(operation, record, identifier)
            record.strays = len(others(operation, record))
        except TensorDockError as error:
            raise PluginError(record.page("read", str(error))) from error
        return None if found is None else Snapshot(identifier, state_of(record, state or present_price(record)))

    @override
    def update(self, identifier: str, state: Properties, inputs: Properties, call: Call) -> Properties:
        operation, record = self._account().operation(call, UPDATE_S), record_of(identifier, state)
        record.gpu_taken = False
        bring_about(operation, record, inputs, identifier)
        return state_of(record, inputs)

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        operation = self._account().operation(call, DELETE_S, reserved=True)
        record = record_of(identifier, state)
        try:
            remove(operation, record)
        except TensorDockError as error:
            raise PluginError(record.page("delete", str(error))) from error
