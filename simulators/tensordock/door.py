"""The address of a machine: a container that has the published ports and passes connections on to the machine.

It is made anew at every start, so that a machine gets another address and other ports without losing its disk.
"""

import secrets
import sys
from collections.abc import Iterable
from typing import Any

import docker
from docker.models.containers import Container

from simulators.tensordock.machine import Address

FORWARD = "/opt/simulator/libexec/forward"
MEMORY = "64m"
DISK = "/var/lib/docker"
PORTS = range(20_000, 30_000)
NETWORKS = range(64, 96)
"""Second byte of the loopback addresses: a machine has one of its own."""


def door_config(api: docker.APIClient, inside: Iterable[int]) -> dict[str, Any]:
    """The engine's settings of a door to these ports of a machine, at an address nobody else has."""
    host = "127.0.0.1" if sys.platform == "darwin" else f"127.{secrets.choice(NETWORKS)}.{_byte()}.{_byte()}"
    bindings: dict[int | str, Any] = {port: (host, secrets.choice(PORTS)) for port in inside}
    config: dict[str, Any] = api.create_host_config(
        port_bindings=bindings,
        mem_limit=MEMORY,
        init=True,
        # In place of the volume that the image asks for: a door has nothing to keep.
        tmpfs={DISK: "size=1m"},
    )
    return config


def address(door: Container) -> Address:
    """Where a door leads from."""
    bound = {int(inside.partition("/")[0]): to[0] for inside, to in door.attrs["HostConfig"]["PortBindings"].items()}
    host = next(iter(bound.values()))["HostIp"]
    return Address(host, {inside: int(binding["HostPort"]) for inside, binding in bound.items()})


def _byte() -> int:
    return 1 + secrets.randbelow(254)
