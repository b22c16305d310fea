"""Ways out of a container onto its host."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from policy.resource import Resource
from policy.values import items, text
from policy.violation import World

CONTAINER = "docker:index/container:Container"
SOCKETS = ("docker.sock", "containerd.sock", "podman.sock")
WHOLE = (
    "/",
    "/run",
    "/var",
    "/var/run",
    "/var/lib",
    "/var/lib/docker",
    "/etc",
    "/root",
    "/proc",
    "/sys",
    "/dev",
    "/boot",
)
SHARED = ("networkMode", "pidMode", "ipcMode", "usernsMode")
POWERS = frozenset({"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "DAC_READ_SEARCH"})
"""Capabilities with which one leaves a container."""


def no_way_to_the_host(world: World) -> Iterator[tuple[Resource, str]]:
    for container in world.of_type(CONTAINER):
        properties = container.properties
        # The provider takes a text for it too.
        if str(properties.get("privileged")).lower() == "true":
            yield container, "is privileged, which is root on its host"
        for place in _mounted(container):
            if place.endswith(SOCKETS) or place in WHOLE:
                yield container, f"mounts {place or '/'} of its host; whoever is in it owns the host"
        for name in SHARED:
            if text(properties, name) == "host":
                yield container, f"shares its host's namespace ({name})"
        capabilities: Any = properties.get("capabilities")
        added = items(capabilities, "adds") if isinstance(capabilities, dict) else []
        if held := sorted(POWERS & {str(one).upper().removeprefix("CAP_") for one in added}):
            yield container, f"has {', '.join(held)}, which lead out of it"


def _mounted(container: Resource) -> Iterator[str]:
    """Paths of the host, in one spelling; a named volume has none."""
    for mount in items(container.properties, "mounts"):
        if text(mount, "type") == "bind" and (path := text(mount, "source")):
            yield _spelled(path)
    for volume in items(container.properties, "volumes"):
        if path := text(volume, "hostPath"):
            yield _spelled(path)


def _spelled(path: str) -> str:
    """Without detours: `/etc/`, `//etc` and `/srv/../etc` are one place."""
    return f"/{posixpath.normpath(path).lstrip('/')}"
