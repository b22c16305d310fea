"""Volumes that hold data."""

from __future__ import annotations

from collections.abc import Iterator

from policy.resource import Resource
from policy.violation import World

VOLUME = "docker:index/volume:Volume"


def kept(world: World) -> Iterator[tuple[Resource, str]]:
    """Nothing is said where the caller cannot see how a volume ends."""
    for volume in world.of_type(VOLUME):
        seen = volume.protected is not None and volume.retained is not None
        if seen and not volume.protected and not volume.retained:
            yield volume, "goes with its stack, and its data with it; set retain_on_delete or protect"
