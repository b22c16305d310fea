"""What an office's resolver has to know about internal names, in the forms that offices have. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence

MULTICAST = ".local"
"""Names that belong to multicast DNS: RFC 6762, section 3."""


def hosts(address: str, names: Sequence[str]) -> list[str]:
    """Lines of /etc/hosts, for machines without a resolver of the office."""
    return [f"{address} {name}" for name in names]


def dnsmasq(address: str, names: Sequence[str]) -> list[str]:
    """Lines of dnsmasq.conf (dnsmasq(8), --address): a name, and whatever stands below it."""
    return [f"address=/{name}/{address}" for name in names]


def unbound(address: str, names: Sequence[str]) -> list[str]:
    """Lines of the `server:` clause of unbound.conf (unbound.conf(5), local-data)."""
    kind = "AAAA" if ipaddress.ip_address(address).version == 6 else "A"
    return [f'local-data: "{name}. IN {kind} {address}"' for name in names]


def macos(_address: str, names: Sequence[str]) -> list[str]:
    """Commands for a Mac outside the office's DHCP, one for each domain (resolver(5)); RESOLVER is yours to fill in."""
    domains = dict.fromkeys(name.partition(".")[2] for name in names)
    return [
        f"sudo mkdir -p /etc/resolver && echo nameserver RESOLVER | sudo tee /etc/resolver/{domain}"
        for domain in domains
    ]


FORMS: Mapping[str, Callable[[str, Sequence[str]], list[str]]] = {
    "hosts": hosts,
    "dnsmasq": dnsmasq,
    "unbound": unbound,
    "macos": macos,
}


def doubts(names: Sequence[str]) -> list[str]:
    """What to think over before names are given out."""
    multicast = [name for name in names if name.endswith(MULTICAST)]
    if not multicast:
        return []
    return [
        f"{', '.join(multicast)}: below .local belongs to multicast DNS (RFC 6762). Macs, and Linux with Avahi or "
        "systemd-resolved, ask their neighbours and not the resolver. Choose names below .internal, or below a name "
        "of yours in home.arpa (RFC 8375)."
    ]
