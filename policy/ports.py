"""Who can reach what a container publishes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping

from policy.resource import Resource
from policy.values import items, known, text
from policy.violation import World

CONTAINER = "docker:index/container:Container"
HOSTS = ("ai-platform:index:MacMini", "ai-platform:index:LinuxHost")
DOCKER_OF_HOST = re.compile(r"::pulumi:providers:docker::docker-([a-z0-9-]+)(::|$)")


def none_open_to_everyone(world: World) -> Iterator[tuple[Resource, str]]:
    """A port on all addresses is closed by the firewall rules of its host, which name it, or is in the list."""
    firewalls = {one.name: _firewall(one) for one in world.of_type(*HOSTS)}
    for container in world.of_type(CONTAINER):
        on = DOCKER_OF_HOST.search(container.provider)
        firewall = firewalls.get(on[1], "") if on else ""
        for port in items(container.properties, "ports"):
            number = port.get("external") if known(port.get("external")) else None
            named = number is not None and re.search(rf"(?<!\d){number}(?!\d)", firewall)
            if _open(text(port, "ip")) and known(port.get("ip")) and not named and number not in world.allowed.ports:
                shown = number or port.get("internal")
                yield container, f"port {shown} is open to everyone; bind it to an address of the network"


def _firewall(host: Resource) -> str:
    steps = host.properties.get("steps")
    texts = steps.items() if isinstance(steps, Mapping) else ()
    return "\n".join(str(step) for name, step in texts if "firewall" in str(name))


def _open(address: str) -> bool:
    """Docker publishes on every address where none is given."""
    if not address:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address != "localhost"
    return found.is_unspecified or not (found.is_private or found.is_loopback or found.is_link_local)
