"""Under which host:port one service reaches another, and how texts of the catalogue are filled with it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from string import Template

from planning import names
from planning.certificates import certificate_values
from planning.placement import Placement
from planning.ports import port_of
from planning.redis import redis_policy
from settings.environment import Environment
from settings.problem import Problem

LOOPBACK = "127.0.0.1"
"""Where the services of a rented machine listen: a machine on the Internet that shows nothing but its sshd."""


class Text(Template):
    """`${kind.name}` placeholders; unknown ones are left alone, since passwords are filled in much later."""

    idpattern = r"[a-z][a-z0-9_.-]*"


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fills what is known and keeps `$$` escaped, so that components can fill the rest."""
    return Text(text.replace("$$", "$$$$")).safe_substitute(values)


def finish(text: str, values: Mapping[str, str]) -> str:
    """Fills the rest and unescapes. Raises KeyError for a placeholder that nobody knows."""
    return Text(text).substitute(values)


def values_for(environment: Environment, placement: Placement, placements: Mapping[str, Placement]) -> dict[str, str]:
    """What `${...}` means in the texts of one service, passwords and secrets apart."""
    values = {
        f"address.{kind}": reach(environment, placement, placements[instance])
        for kind, instance in (placement.needs | placement.wants).items()
    }
    values |= certificate_values(placement, placements)
    models = environment.models
    return values | {
        "models.chat": models.chat,
        "models.embedding": models.embedding,
        "models.rerank": models.rerank,
        "models.dimension": str(models.embedding_dimension),
        "redis.policy": redis_policy(placement),
        "service.hosts": ",".join(_own_hosts(environment, placement)),
        "service.port": str(placement.definition.container_port),
        "service.pages": "current" if placement.service.site else ".",
    }


def _own_hosts(environment: Environment, placement: Placement) -> list[str]:
    """Every host:port under which callers may address it; public names come without a port unless simulated."""
    address = environment.hosts[placement.service.host].address or placement.service.host
    inside, outside = placement.definition.container_port, port_of(placement)
    near = [f"{name}:{inside}" for name in (placement.name, "127.0.0.1")]
    published = sorted({f"{name}:{outside}" for name in (address, "localhost")})
    if environment.hosts[placement.service.host].rented:
        # The near end of a forward has whichever port is free.
        published += [f"{name}:*" for name in (LOOPBACK, "localhost")]
    own = [route for route in environment.routes if placement.name in route.targets]
    public = [route.hostname for route in own] + [names.address_of(environment, route) for route in own]
    return [*near, *published, *dict.fromkeys(public)]


def reach(environment: Environment, caller: Placement, callee: Placement) -> str:
    """host:port of `callee` as seen from inside the container of `caller`."""
    if caller.service.host == callee.service.host:
        if callee.definition.native:
            return f"host.docker.internal:{port_of(callee)}"
        return f"{callee.name}:{callee.definition.container_port}"
    host = environment.hosts[callee.service.host]
    return f"{host.address or callee.service.host}:{port_of(callee)}"


def unreachable(environment: Environment, placements: Mapping[str, Placement]) -> list[Problem]:
    """Needs that cross hosts although the needed service listens on loopback only."""
    problems = []
    for placement in placements.values():
        for instance in {*placement.needs.values(), *placement.wants.values()} & set(placements):
            callee = placements[instance].service.host
            if loopback := beyond_reach(environment, placement, placements[instance]):
                mend = "" if environment.hosts[callee].rented else f", or give hosts.{callee} an address of the network"
                problems.append(
                    Problem(
                        path=f"services.{placement.name}.host",
                        value=placement.service.host,
                        cause=f"needs {instance} on {callee}, whose address {loopback} other machines cannot reach",
                        remedy=f"place both on one host{mend}",
                    )
                )
    return problems


def beyond_reach(environment: Environment, caller: Placement, callee: Placement) -> str | None:
    """The loopback address under which nothing on the host of `caller` finds `callee`; None where it is reached."""
    if caller.service.host == callee.service.host:
        return None
    host = environment.hosts[callee.service.host]
    address = LOOPBACK if host.rented else host.address
    return address if address and is_loopback(address) else None


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
