"""The rules that one line stands for: the forms of pf.conf(5) that hosts use, lists expanded."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from .ends import family_of, read_end
from .reader import Reader
from .rule import Rule

PROTOCOLS = {"", "tcp", "udp", "icmp", "icmp6"}
BLOCKS = ("drop", "return", "return-rst", "return-icmp")


def read_rules(reader: Reader, *, returns: bool) -> Iterator[Rule]:
    """Read `pass` or `block` and all behind it; `returns` is the ruleset's block-policy. Raises PfSyntaxError."""
    action = reader.word()
    policy = reader.take(*BLOCKS) if action == "block" else ""
    direction = reader.take("in", "out")
    if reader.take("log"):
        reader.take_parenthesis()
    quick = bool(reader.take("quick"))
    interfaces = reader.list() if reader.take("on") else [""]
    family = reader.take("inet", "inet6")
    protocols = reader.list() if reader.take("proto") else [""]
    reader.take("all")
    sources, source_ports = read_end(reader, "from")
    targets, target_ports = read_end(reader, "to")
    stateless = _ending(reader)
    for interface, protocol, source, source_port, target, target_port in itertools.product(
        interfaces, protocols, sources, source_ports, targets, target_ports
    ):
        if protocol not in PROTOCOLS:
            raise reader.error(f"unknown protocol {protocol}")
        if (source_port or target_port) and protocol not in {"tcp", "udp"}:
            raise reader.error("port only applies to tcp/udp")
        yield Rule(
            action=action,
            returns=action == "block" and (policy.startswith("return") or (returns and not policy)),
            direction=direction,
            quick=quick,
            interface=interface,
            family=family or family_of(source) or family_of(target),
            protocol=protocol,
            source=source,
            source_port=source_port,
            target=target,
            target_port=target_port,
            stateless=stateless,
        )


def _ending(reader: Reader) -> bool:
    """flags, state and label; whether the rule keeps no state."""
    stateless = False
    while reader:
        word = reader.word()
        if word in {"keep", "modulate", "synproxy", "no"} and reader.take("state"):
            stateless = word == "no"
        elif word in {"flags", "label", "tag"}:
            reader.word()
        else:
            raise reader.error()
    return stateless
