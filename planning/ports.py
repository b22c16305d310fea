"""Where services listen, and who would collide."""

from __future__ import annotations

from planning.placement import Placement
from settings.environment import Environment
from settings.problem import Problem


def port_of(placement: Placement) -> int:
    return placement.service.port or placement.definition.port


def collisions(environment: Environment, placements: list[Placement]) -> list[Problem]:
    """Two services, or a service and sshd, on one port of one address."""
    taken: dict[tuple[str, int], str] = {}
    problems: list[Problem] = []
    for name, host in environment.hosts.items():
        # A service on sshd's port would lock everybody out, once it or its firewall rule is there.
        if host.ssh and host.address:
            taken[host.address, host.ssh.port] = f"hosts.{name}.ssh.port"
    for placement in placements:
        host = environment.hosts[placement.service.host]
        port, path = port_of(placement), f"services.{placement.name}.port"
        # A rented machine has no address before it exists: its name stands for it.
        key = (host.address or placement.service.host, port)
        if key in taken:
            problems.append(
                Problem(
                    path=path,
                    value=str(port),
                    cause=f"{key[0]}:{port} is taken by {taken[key]}",
                    remedy="give one of them another `port`",
                )
            )
        taken.setdefault(key, path)
    return problems
