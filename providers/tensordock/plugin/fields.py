"""Differences and defaults, derived from the input models."""

from collections.abc import Mapping
from typing import Any, Final

from providers.common.schema import Field
from providers.tensordock.plugin.inputs import Inputs, InstanceInputs, SshKeyInputs


def fields(model: type[Inputs]) -> dict[str, Field]:
    """Every input by its Pulumi name: whether it is required, replaces the resource, has a default."""
    found: dict[str, Field] = {}
    for field in model.model_fields.values():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, Mapping) else {}
        name = field.alias or ""
        found[name] = Field(required=field.is_required(), replaces=bool(extra.get("replaces")), default=_default(field))
    return found


def _default(field: Any) -> Any:
    value = field.get_default(call_default_factory=True)
    return value if isinstance(value, bool | int | str) and value != "" else None


INSTANCE: Final = fields(InstanceInputs)
SSH_KEY: Final = fields(SshKeyInputs)

READABLE: Final = frozenset({"gpuModel", "gpuCount", "vcpuCount", "ramGb", "storageGb", "running"})
"""What the API tells of an existing machine; of all else the state knows what was last asked for."""


def chosen_at_creation(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of an instance that only its creation can choose."""
    return {name: inputs[name] for name, field in INSTANCE.items() if field.replaces and inputs.get(name)}


OUTPUTS: Final = ("name", "instanceId", "status", "ipAddress", "sshPort", "ports", "locationId", "hourlyMicroUsd",
                  "gpuTaken", "ready", "strays")  # fmt: skip
