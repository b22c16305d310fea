"""Translates property names and values between Pulumi's spelling and that of Cloudflare's API. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Spell = Callable[[str], str]

_SNAKE = {
    "excludes": "exclude",
    "includes": "include",
    "requires": "require",
    "serviceAuth401Redirect": "service_auth_401_redirect",
}
_CAMEL = {
    "audTags": "audTag",
    "ingresses": "ingress",
    "matchSnItoHost": "matchSNItoHost",
    "noTlsVerify": "noTLSVerify",
}


def snake(name: str) -> str:
    """The API's usual spelling of a property name."""
    return _SNAKE.get(name) or re.sub(r"(?<=[a-z0-9])[A-Z]", lambda found: f"_{found.group().lower()}", name)


def camel(name: str) -> str:
    """The spelling inside a tunnel's configuration, which is cloudflared's own."""
    return _CAMEL.get(name, name)


def to_wire(value: Any, spell: Spell) -> Any:
    """The value with every object key spelt as the API does, at any depth; absent values are left out."""
    match value:
        case dict():
            return {spell(key): to_wire(each, spell) for key, each in value.items() if each is not None}
        case list():
            return [to_wire(each, spell) for each in value]
    return value


def as_declared(declared: Any, actual: Any, spell: Spell) -> Any:
    """What the API tells, in the shape of what was declared.

    Only declared keys are taken over, since the API fills in defaults; a key that it does not echo keeps its
    declared value.
    """
    if isinstance(declared, dict) and isinstance(actual, Mapping):
        return {
            key: as_declared(value, actual[spell(key)], spell) if spell(key) in actual else value
            for key, value in declared.items()
        }
    if isinstance(declared, list) and isinstance(actual, list) and len(declared) == len(actual):
        return [as_declared(each, found, spell) for each, found in zip(declared, actual, strict=True)]
    return from_wire(actual)


def from_wire(value: Any) -> Any:
    """A value of the API with Pulumi's spelling of its keys, for what nobody has declared."""
    match value:
        case dict():
            return {_pulumi(key): from_wire(each) for key, each in value.items()}
        case list():
            return [from_wire(each) for each in value]
    return value


def _pulumi(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda found: found.group(1).upper(), name)
