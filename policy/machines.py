"""Machines that cost money by the hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.resource import Resource
from policy.values import known
from policy.violation import World

INSTANCE = "tensordock:index:Instance"
WANTED = {
    "owner": "who answers for it",
    "maxHourlyPrice": "what it may cost an hour",
    "idleMinutes": "after how many idle minutes it is stopped",
}
"""Properties of the machine, or of the component that it belongs to; in either spelling."""


def accounted_for(world: World) -> Iterator[tuple[Resource, str]]:
    """A zero is no limit."""
    by_urn = world.by_urn()
    for machine in world.of_type(INSTANCE):
        component = by_urn.get(machine.parent)
        said = [machine.properties, component.properties if component else {}]
        for name, meaning in WANTED.items():
            if not any(_said(properties, name) for properties in said):
                yield machine, f"{name} is missing: {meaning}"


def _said(properties: Mapping[str, Any], name: str) -> bool:
    spelled = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    value = properties.get(name, properties.get(spelled))
    return not known(value) or bool(value)
