"""Where a connection comes from and where it goes: hosts and ports of a pf rule."""

from __future__ import annotations

import ipaddress
import socket

from .reader import Reader

COMPARISONS = ("=", "!=", "<", ">", "<=", ">=")
ANY = [""]


def read_end(reader: Reader, word: str) -> tuple[list[str], list[str]]:
    """Hosts and ports behind `from` or `to`; [""] stands for any. Raises PfSyntaxError."""
    if not reader.take(word):
        return ANY, ANY
    hosts = ANY if reader.take("any") else [_host(reader, host) for host in reader.list()]
    return hosts, _ports(reader) if reader.take("port") else ANY


def family_of(host: str) -> str:
    """The address family that a host implies."""
    bare = host.removeprefix("!")
    if not bare or bare[0] == "<" or bare == "self":
        return ""
    return "inet6" if ":" in bare else "inet"


def _host(reader: Reader, host: str) -> str:
    bare = host.removeprefix("!")
    if bare == "any":
        return ""
    if bare != "self" and not bare.startswith("<"):
        try:
            ipaddress.ip_network(bare, strict=False)
        except ValueError:
            raise reader.error(f"could not parse host specification: {bare}") from None
    return host


def _ports(reader: Reader) -> list[str]:
    comparison = reader.take(*COMPARISONS)
    prefix = f"{comparison} " if comparison not in {"", "="} else ""
    return [prefix + _port(reader, port) for port in reader.list()]


def _port(reader: Reader, port: str) -> str:
    try:
        numbers = [int(end) if end.isdigit() else socket.getservbyname(end) for end in port.split(":")]
    except OSError:
        raise reader.error(f"unknown port {port}") from None
    if len(numbers) > 2 or not all(number < 65536 for number in numbers):
        raise reader.error(f"illegal port value {port}")
    return ":".join(map(str, numbers))
