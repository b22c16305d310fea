"""The resource `tensordock:index:SshKey`: a public key in the account. It costs nothing, and nothing changes it."""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Final

from typing_extensions import override

from providers.common.errors import PluginError
from providers.common.resource import Call, Resource, Snapshot
from providers.common.schema import Failure, Field
from providers.common.values import Properties
from providers.tensordock.client.errors import Doubtful, NotFound, TensorDockError
from providers.tensordock.client.ssh_key import StoredKey
from providers.tensordock.plugin.account import Account
from providers.tensordock.plugin.checks import failures
from providers.tensordock.plugin.fields import SSH_KEY
from providers.tensordock.plugin.identity import identity
from providers.tensordock.plugin.inputs import SshKeyInputs
from providers.tensordock.plugin.operation import Operation

SECONDS: Final = 300.0


class SshKeyResource(Resource):
    """Stored keys. The name is derived from the resource, so that one whose creation was cut off is found again."""

    token = "tensordock:index:SshKey"  # noqa: S105 - a type token
    fields: ClassVar[Mapping[str, Field]] = SSH_KEY
    outputs = ("name",)
    delete_before_replace = True

    def __init__(self, account: Callable[[], Account]) -> None:
        self._account = account

    @override
    def failures(self, inputs: Properties) -> Iterable[Failure]:
        return failures(SshKeyInputs, inputs)

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        operation = self._account().operation(call, SECONDS)
        name = identity(self._account().namespace, call.urn, inputs).name
        try:
            key = _named(operation, name) or _stored(operation, name, inputs["publicKey"])
        except TensorDockError as error:
            raise PluginError(f"SSH key {name}: {error}; run the same command again") from error
        return Snapshot(key, {**inputs, "name": name})

    @override
    def read(self, identifier: str, state: Properties, call: Call) -> Snapshot | None:
        operation = self._account().operation(call, SECONDS)
        try:
            key = operation.api.key(identifier)
        except NotFound:
            return None
        except TensorDockError as error:
            raise PluginError(f"SSH key {identifier}: {error}") from error
        return Snapshot(identifier, {**state, **_told(key)})

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        operation = self._account().operation(call, SECONDS)
        try:
            _remove(operation, identifier)
        except TensorDockError as error:
            raise PluginError(
                f"SSH key {state.get('name', identifier)}: {error}; run the same command again"
            ) from error


def _named(operation: Operation, name: str) -> str | None:
    return next((key.id for key in operation.api.stored_keys() if key.name == name), None)


def _stored(operation: Operation, name: str, value: str) -> str:
    try:
        return operation.api.create_key(name, value)
    except Doubtful:
        operation.settle(f"a look for the SSH key {name}")
        found = _named(operation, name)
        if found is None:
            raise
        return found


def _told(key: StoredKey) -> dict[str, str]:
    return {"name": key.name, **({"publicKey": key.value} if key.value else {})}


def _remove(operation: Operation, identifier: str) -> None:
    while True:
        try:
            operation.api.delete_key(identifier)
            operation.api.key(identifier)
        except NotFound:
            return
        except Doubtful as error:
            operation.pause(f"another try to delete the SSH key {identifier}: {error}")
        else:
            operation.pause(f"another look for the SSH key {identifier}, which is to be deleted")
