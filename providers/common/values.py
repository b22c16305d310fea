"""Property values as they travel between the engine and a plugin, and as Python sees them.

Owns both directions of the encoding: secrets become `Secret`, values not known before an update become
`UNKNOWN`, output values become one of the two, whole numbers become `int`. Assets and archives stay
dictionaries with their signature, so they travel back unchanged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from google.protobuf import struct_pb2

Properties = dict[str, Any]

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a type signature of the protocol
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWN_MARKS: Final = frozenset(
    {
        _UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
    }
)


class Unknown(Enum):
    """The type of `UNKNOWN`: a value that only the update will know."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True)
class Secret:
    """A value that the engine encrypts in its state; its text form never shows it."""

    value: Any = field(repr=False)


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """The properties of one protocol message."""
    return {key: _from_value(value) for key, value in struct.fields.items()}


def state_struct(state: Mapping[str, Any]) -> struct_pb2.Struct:
    """One protocol message of a state: without the bookkeeping of `Check` (`__defaults` and the like)."""
    return to_struct({key: value for key, value in state.items() if not key.startswith("__")})


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """One protocol message of these properties; absent (`None`) properties are left out."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        if value is not None:
            struct.fields[key].CopyFrom(_to_value(value))
    return struct


def _from_value(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWN_MARKS else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_from_value(element) for element in value.list_value.values]
        case "struct_value":
            return _from_object(from_struct(value.struct_value))
    return None


def _from_object(properties: Properties) -> Any:
    match properties.get(_SIGNATURE):
        case signature if signature == _SECRET:
            return Secret(properties.get("value"))
        case signature if signature == _OUTPUT:
            value = properties.get("value", UNKNOWN)
            return Secret(value) if properties.get("secret") else value
    return properties


def _to_value(value: Any) -> struct_pb2.Value:  # noqa: PLR0911 - one line per kind of value
    match value:
        case None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        case Unknown():
            return struct_pb2.Value(string_value=_UNKNOWN_STRING)
        case Secret():
            return struct_pb2.Value(struct_value=to_struct({_SIGNATURE: _SECRET, "value": value.value}))
        case bool():
            return struct_pb2.Value(bool_value=value)
        case int() | float():
            return struct_pb2.Value(number_value=value)
        case str():
            return struct_pb2.Value(string_value=value)
        case Mapping():
            return struct_pb2.Value(struct_value=to_struct(value))
        case list() | tuple():
            elements = [_to_value(element) for element in value]
            return struct_pb2.Value(list_value=struct_pb2.ListValue(values=elements))
    raise TypeError(f"a {type(value).__name__} is no property value")
