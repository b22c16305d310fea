"""Secrets that stand where everyone can read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policy.resource import Resource
from policy.values import SIGNATURE, known
from policy.violation import World

HIDDEN = "[secret]"
NAME = re.compile(r"(password|passphrase|secret|token|private_?key|api_?key)$", re.IGNORECASE)
SHAPE = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bAKIA[0-9A-Z]{16}\b")
"""Keys that are known by their look: of SSH and TLS, of GitHub, of AWS."""
NO_SECRET = re.compile(r"(unused|none|true|false|[0-9]*|/\S*)$", re.IGNORECASE)
"""A value that says itself that it is none, or the path of a file."""
VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.+)", re.DOTALL)


def none_in_plain(world: World) -> Iterator[tuple[Resource, str]]:
    """One finding a property. Where the caller is shown the values of secrets only what Docker shows is looked at."""
    for one in world.resources:
        for path, value in _leaves(one.properties, ""):
            if one.secrets_shown and not path.startswith(("envs", "command", "labels")):
                continue
            if _plain(path, value):
                yield one, f"{path} holds a secret in plain; give it as a secret, in a file"


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        if SIGNATURE not in value:
            for name, inner in value.items():
                yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{number}]")
    elif isinstance(value, str) and value and value != HIDDEN and known(value):
        yield path, value


def _plain(path: str, value: str) -> bool:
    if path.startswith("envs") and (variable := VARIABLE.fullmatch(value)):
        if NAME.search(variable[1]) and not NO_SECRET.match(variable[2]):
            return True
    elif NAME.search(path) and not NO_SECRET.match(value):
        return True
    # Quicker to look for than the whole: most values hold none of these.
    return ("-----BEGIN" in value or "gh" in value or "AKIA" in value) and bool(SHAPE.search(value))
