"""One resource type of the table, carried out on the API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from providers.common.errors import PluginError
from providers.common.resource import Call, Resource, Snapshot
from providers.common.schema import Failure
from providers.common.values import UNKNOWN, Properties, Secret
from simulators.plugins.cloudflare.table import JSON_OUTPUTS, SECRET_OUTPUTS, Row
from simulators.plugins.cloudflare.wire import as_declared, from_wire, snake, to_wire

if TYPE_CHECKING:
    from simulators.plugins.cloudflare.api import CloudflareApi

PARENTS = ("accountId", "zoneId")
IDENTIFIER = re.compile(r"[0-9a-f]{32}")


class CloudflareResource(Resource):
    """Creates with POST, or with PUT what exists once under its parent; outputs are what the API then tells."""

    row: ClassVar[Row]

    def __init__(self, api: Callable[[], CloudflareApi]) -> None:
        self._api = api

    @override
    def failures(self, inputs: Properties) -> Iterable[Failure]:
        given = [name for name in PARENTS if inputs.get(name) is not None]
        if len(given) > 1 or (not given and "accountId" in self.fields and "zoneId" in self.fields):
            yield Failure("accountId", "exactly one of accountId and zoneId is needed")
        for name in given if self.row.name == "Ruleset" else ():
            if inputs[name] is not UNKNOWN and not IDENTIFIER.fullmatch(inputs[name]):
                yield Failure(name, f"is {inputs[name]!r}, it must be 32 lowercase hexadecimal digits")
        if inputs.get("proxied") is True and inputs.get("ttl") not in (1, None, UNKNOWN):
            yield Failure("ttl", f"is {inputs['ttl']}, it must be 1 (automatic) for a proxied record")

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        once = self.row.once
        answer = self._api().call("PUT" if once else "POST", self._all(inputs), self._body(inputs), call.pause)
        identifier = inputs[once] if once else (answer or {}).get("id")
        if not identifier:
            raise PluginError(f"{call.urn}: Cloudflare's answer to the creation has no id")
        return Snapshot(str(identifier), {**_arguments(inputs), **self._told(answer, {})})

    @override
    def read(self, identifier: str, state: Properties, call: Call) -> Snapshot | None:
        if not state:
            raise PluginError(f"{call.urn}: the stand-in for the cloudflare plugin cannot import {identifier}")
        answer = self._api().call("GET", self._one(state, identifier), None, call.pause)
        if answer is None:
            return None
        declared = {name: state[name] for name in self.fields if state.get(name) is not None}
        actual = {
            name: as_declared(value, answer[snake(name)], self.row.spell) if snake(name) in answer else value
            for name, value in declared.items()
        }
        return Snapshot(identifier, {**actual, **self._told(answer, state)})

    @override
    def update(self, identifier: str, state: Properties, inputs: Properties, call: Call) -> Properties:
        answer = self._api().call(self.row.update, self._one(inputs, identifier), self._body(inputs), call.pause)
        return {**_arguments(inputs), **self._told(answer, state)}

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        if self.row.once is None:
            self._api().call("DELETE", self._one(state, identifier), None, call.pause)

    def _all(self, properties: Properties) -> str:
        """The path of the collection, or of the one thing there is under its parent."""
        parent = "accountId" if properties.get("accountId") else "zoneId"
        kind = {"accountId": "accounts", "zoneId": "zones"}[parent]
        return f"{kind}/{properties[parent]}/{self.row.path.format(**properties)}"

    def _one(self, properties: Properties, identifier: str) -> str:
        return self._all(properties) if self.row.once else f"{self._all(properties)}/{identifier}"

    def _body(self, inputs: Properties) -> Any:
        in_the_path = {*PARENTS, self.row.once}
        sent = {name: value for name, value in _arguments(inputs).items() if name not in in_the_path}
        return to_wire(sent, self.row.spell)

    def _told(self, answer: Any, before: Properties) -> Properties:
        """The outputs in the API's answer; secrets that only some answers tell are kept from before."""
        told = answer or {}
        outputs = {name: from_wire(told.get(snake(name))) for name in self.outputs}
        for name in JSON_OUTPUTS & {*self.outputs}:
            outputs[name] = json.dumps(outputs[name])
        for name in SECRET_OUTPUTS & {*self.outputs, *before}:
            value = outputs.get(name) or before.get(name)
            outputs[name] = Secret(value) if value else None
        return outputs


def resource_type(row: Row) -> type[CloudflareResource]:
    """The class that carries out this row of the table."""
    attributes = {"row": row, "token": row.token, "fields": row.fields, "outputs": row.outputs}
    return type(row.name, (CloudflareResource,), attributes)


def _arguments(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if not name.startswith("__")}
