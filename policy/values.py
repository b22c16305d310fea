"""Values of properties as a preview and the engine show them: some are not known yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key of an object that the engine has marked: a secret, an asset, a reference."""
UNKNOWN = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
    }
)
"""What the engine writes for a value that only the update will know, by its type."""


def known(value: Any) -> bool:
    """False for what only the update will know: a rule says nothing about it."""
    return not (isinstance(value, str) and value in UNKNOWN)


def items(properties: Mapping[str, Any], name: str) -> list[Any]:
    """The known entries of a list; none of one that is missing or not known."""
    value = properties.get(name)
    return [one for one in value if known(one)] if isinstance(value, list) else []


def text(properties: Mapping[str, Any], name: str) -> str:
    """A known text, empty where there is none."""
    value = properties.get(name)
    return value if isinstance(value, str) and known(value) else ""
