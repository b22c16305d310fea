"""Copies a file, a text or a folder to another machine. It never deletes there."""

import secrets
from collections.abc import Iterable
from typing import ClassVar

from typing_extensions import override

from providers.common.errors import PluginError
from providers.common.resource import Call, Resource, Snapshot
from providers.common.schema import Failure, Field
from providers.common.values import UNKNOWN, Properties
from simulators.plugins.command.connection_fields import CONNECTION
from simulators.plugins.command.supervision import supervised


class CopyToRemote(Resource):
    """Copies at creation, and again when the content or the remote path has changed; nothing else copies."""

    token = "command:remote:CopyToRemote"  # noqa: S105 - a type token
    fields: ClassVar = {
        "connection": CONNECTION,
        "source": Field(required=True),
        "remotePath": Field(required=True),
        "triggers": Field(replaces=True),
    }

    @override
    def failures(self, inputs: Properties) -> Iterable[Failure]:
        source = inputs.get("source")
        if source is None or source is UNKNOWN or "path" in source or "text" in source:
            return ()
        return [Failure("source", "must be a FileAsset, a StringAsset or a FileArchive of a path")]

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        self._copy(inputs, call)
        return Snapshot(secrets.token_hex(8), _arguments(inputs))

    @override
    def read(self, identifier: str, state: Properties, call: Call) -> Snapshot | None:
        return Snapshot(identifier, state)

    @override
    def update(self, identifier: str, state: Properties, inputs: Properties, call: Call) -> Properties:
        if _copied(state) != _copied(inputs):
            self._copy(inputs, call)
        return _arguments(inputs)

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        """The copy stays, as with the official plugin."""

    def _copy(self, inputs: Properties, call: Call) -> None:
        from simulators.plugins.command.remote_copy import copy_remote  # noqa: PLC0415  (0.2 s a preview need not pay)

        supervised(copy_remote(inputs["connection"], inputs["source"], inputs["remotePath"]), call)


def _copied(properties: Properties) -> tuple[str, str]:
    source = properties.get("source")
    if not isinstance(source, dict) or not source.get("hash"):
        raise PluginError("the engine gave no hash for the source, so nobody can tell whether it has changed")
    return source["hash"], properties["remotePath"]


def _arguments(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if not name.startswith("__")}
