"""Who may reach which port of a host: every service that listens there, and nothing else of the host."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from planning.origins import closed
from planning.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Rule:
    """TCP connections to `port` are taken from `sources` (networks in CIDR form) and refused from elsewhere."""

    service: str
    port: int
    sources: tuple[str, ...]


def rules(plan: Plan, host: str) -> tuple[Rule, ...]:
    """One rule for each service of the host, by port.

    The other hosts of the environment may always come in: services on them may need this one. A host that is named
    rather than numbered must lie in one of the networks, since a firewall knows no names. To a rented machine nobody
    comes but through its sshd.
    """
    behind = closed(plan)
    return tuple(
        Rule(
            service=service.name,
            port=service.port,
            sources=() if plan.hosts[host].rented else _sources(plan, networks(plan, service.name, behind)),
        )
        for service in sorted(plan.on(host), key=lambda service: service.port)
    )


def networks(plan: Plan, service: str, behind: frozenset[str]) -> tuple[str, ...]:
    """Networks that may reach a service beside the hosts: its own, else those of the environment.

    What stands `behind` the proxy needs none: people come in by its public name, where their login is checked.
    """
    allowed = plan.environment.services[service].allow_from
    if allowed is None:
        return () if service in behind else plan.environment.networks
    return allowed


def _sources(plan: Plan, networks: tuple[str, ...]) -> tuple[str, ...]:
    hosts = [str(host.address) for host in plan.hosts.values() if host.address and _is_number(host.address)]
    single = [str(ipaddress.ip_network(address)) for address in hosts]
    # Without those that another one covers: fewer lines to read, the same meaning.
    found = [ipaddress.ip_network(text) for text in dict.fromkeys([*networks, *single])]
    kept = [one for one in found if not any(other != one and _covers(other, one) for other in found)]
    return tuple(str(network) for network in kept)


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _covers(wide: Network, narrow: Network) -> bool:
    if isinstance(wide, ipaddress.IPv4Network) and isinstance(narrow, ipaddress.IPv4Network):
        return narrow.subnet_of(wide)
    if isinstance(wide, ipaddress.IPv6Network) and isinstance(narrow, ipaddress.IPv6Network):
        return narrow.subnet_of(wide)
    return False


def _is_number(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
