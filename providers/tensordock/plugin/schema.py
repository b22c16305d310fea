"""The package schema that Pulumi's tools read, derived from the input models."""

from typing import Any, Final

from pydantic import BaseModel

from providers.tensordock.plugin.inputs import InstanceInputs, SshKeyInputs

NAME: Final = "tensordock"
VERSION: Final = "0.1.0"

_INSTANCE_OUTPUTS: Final[dict[str, dict[str, Any]]] = {
    "name": {"type": "string", "description": "Its name in the account: derived from the resource, and its key."},
    "instanceId": {"type": "string", "description": "The API's id of the machine."},
    "status": {"type": "string", "description": "As last read, in lower case."},
    "ipAddress": {"type": "string", "description": "As last read; every start may change it."},
    "sshPort": {"type": "integer", "description": "Where its port 22 is reached; every start may change it."},
    "ports": {"type": "object", "additionalProperties": {"type": "integer"}, "description": "Inside -> outside."},
    "locationId": {"type": "string", "description": "Where it was ordered; not known of an adopted machine."},
    "hourlyMicroUsd": {"type": "integer", "description": "Price at present, millionths of a dollar an hour."},
    "gpuTaken": {"type": "boolean", "description": "A start was refused: the next update replaces the machine."},
    "ready": {"type": "boolean", "description": "Whether what was asked for was reached once."},
    "strays": {
        "type": "integer",
        "description": "Other machines made for it, as last refreshed; an update removes them.",
    },
}
_CONFIG: Final[dict[str, dict[str, Any]]] = {
    "apiToken": {"type": "string", "secret": True, "description": "API token, or TENSORDOCK_API_TOKEN."},
    "baseUrl": {"type": "string", "description": "Base of the API, or TENSORDOCK_BASE_URL."},
    "namespace": {"type": "string", "description": "Begins every name: tells accounts' users apart."},
    "pollSeconds": {"type": "number", "description": "How often a machine is looked at."},
    "callsPerMinute": {"type": "integer", "description": "Calls of all processes of this user."},
}


def package_schema() -> dict[str, Any]:
    """The whole schema."""
    types: dict[str, Any] = {}
    return {
        "name": NAME,
        "version": VERSION,
        "description": "GPU machines by the hour from TensorDock",
        "config": {"variables": _CONFIG},
        "provider": {"inputProperties": _CONFIG},
        "resources": {
            "tensordock:index:Instance": _resource(InstanceInputs, _INSTANCE_OUTPUTS, types),
            "tensordock:index:SshKey": _resource(SshKeyInputs, {"name": _INSTANCE_OUTPUTS["name"]}, types),
        },
        "types": types,
    }


def _resource(model: type[BaseModel], outputs: dict[str, Any], types: dict[str, Any]) -> dict[str, Any]:
    described = model.model_json_schema(by_alias=True)
    for name, definition in described.get("$defs", {}).items():
        types[f"tensordock:index:{name}"] = {"type": "object", **_object(definition)}
    inputs = _object(described)
    return {
        "description": (model.__doc__ or "").strip(),
        "inputProperties": inputs["properties"],
        "requiredInputs": inputs["required"],
        "properties": {**inputs["properties"], **outputs},
        "required": inputs["required"],
    }


def _object(definition: dict[str, Any]) -> dict[str, Any]:
    properties = {name: _property(each) for name, each in definition["properties"].items()}
    return {"properties": properties, "required": sorted(definition.get("required", []))}


def _property(described: dict[str, Any]) -> dict[str, Any]:
    found = _type(described)
    if described.get("description"):
        found["description"] = described["description"]
    if described.get("replaces"):
        found["replaceOnChanges"] = True
    if described.get("secret"):
        found["secret"] = True
    return found


def _type(described: dict[str, Any]) -> dict[str, Any]:
    choices = [each for each in described.get("anyOf", []) if each.get("type") != "null"]
    if choices:
        numbers = any(each.get("type") == "number" for each in choices)
        return {"type": "number"} if numbers else _type(choices[0])
    if "$ref" in described:
        return {"$ref": f"#/types/tensordock:index:{described['$ref'].rpartition('/')[2]}"}
    if described.get("type") == "array":
        return {"type": "array", "items": _type(described["items"])}
    return {"type": described["type"]}
