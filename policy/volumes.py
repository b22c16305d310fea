"""Volumes that hold data."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.definition import holds_data
from policy.resource import Resource
from policy.values import items
from policy.violation import World

VOLUME = "docker:index/volume:Volume"


def kept(world: World) -> Iterator[tuple[Resource, str]]:
    """Nothing is said where the caller cannot see how a volume ends."""
    for volume in world.of_type(VOLUME):
        seen = volume.protected is not None and volume.retained is not None
        if not holds_data(items(volume.properties, "labels")):
            continue
        if seen and not volume.protected and not volume.retained:
            yield volume, "goes with its stack, and its data with it; set retain_on_delete or protect"
