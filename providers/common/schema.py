"""The shape of a resource's inputs: which are required, which replace it, which the service may fill in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from providers.common.values import UNKNOWN, Properties

DEFAULTS_KEY = "__defaults"


@dataclass(frozen=True, slots=True)
class Field:
    """One input property.

    `computed`: the service fills it in where the program says nothing, so its absence is no change.
    `unordered`: a list whose order means nothing. `block`: the fields of the object, or of each list element.
    `default`: a value set by `Check` at the top level, and assumed in comparisons below it.
    `shown`: errors may name it, also where the program marks the whole object around it as secret.
    """

    required: bool = False
    replaces: bool = False
    computed: bool = False
    unordered: bool = False
    default: Any = None
    shown: bool = False
    block: Mapping[str, "Field"] | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """One input that cannot be accepted, and why."""

    property: str
    reason: str


def with_defaults(inputs: Mapping[str, Any], fields: Mapping[str, Field]) -> Properties:
    """The inputs with defaults filled in, which are listed under `__defaults` as the official plugins do."""
    defaults = {
        name: field.default for name, field in fields.items() if field.default is not None and inputs.get(name) is None
    }
    return {**inputs, **defaults, DEFAULTS_KEY: sorted(defaults)}


def failures(inputs: Mapping[str, Any], fields: Mapping[str, Field], path: str = "") -> Iterator[Failure]:
    """Every input that the schema does not know, and every required one that is missing."""
    for name, value in inputs.items():
        if name.startswith("__"):
            continue
        if name not in fields:
            yield Failure(path + name, "is not a property of this resource that this plugin knows")
        elif (block := fields[name].block) is not None:
            for position, element in enumerate(value if isinstance(value, list) else [value]):
                suffix = f"[{position}]" if isinstance(value, list) else ""
                if isinstance(element, dict):
                    yield from failures(element, block, f"{path}{name}{suffix}.")
    for name, field in fields.items():
        if field.required and inputs.get(name) is None:
            yield Failure(path + name, "is required")


def planned(
    inputs: Mapping[str, Any], fields: Mapping[str, Field], outputs: tuple[str, ...], state: Mapping[str, Any]
) -> Properties:
    """What a preview can tell of the state: the inputs, and what is kept or not known yet of the rest."""
    filled_in = [name for name, field in fields.items() if field.computed] + list(outputs)
    kept = {name: state[name] for name in filled_in if name in state} if state else dict.fromkeys(filled_in, UNKNOWN)
    return kept | {name: value for name, value in inputs.items() if name in fields}
