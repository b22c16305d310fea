"""What runs: always the very same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy.resource import Resource
from policy.values import text
from policy.violation import World

PROPERTIES = {
    "docker:index/remoteImage:RemoteImage": "name",
    "docker:index/container:Container": "image",
}
DIGEST = re.compile(r"^(\S+@)?sha256:[0-9a-f]{64}$")
BUILT = re.compile(r"^ai-platform/[a-z0-9-]+:[0-9a-f]{16}$")
"""Our own images: the tag is a digest of all that they are built from."""


def by_digest(world: World) -> Iterator[tuple[Resource, str]]:
    """A missing name is refused by the provider itself."""
    for one in world.of_type(*PROPERTIES):
        image = text(one.properties, PROPERTIES[one.type])
        if image and not DIGEST.match(image) and not BUILT.match(image):
            yield one, f"the image {image} can become another one over night; name it by @sha256:..."
