"""Has Linux enforce the rules of pf, by nftables before any address is rewritten.

pf takes the last rule that matches, or the first one marked quick; what no rule matches passes. As an ordered list in
which the first match counts: the quick rules in order, then the others backwards. Connections that exist are let
through, where pf would look for its own state: a difference that matters only while pf is switched on.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Mapping

from ..bsd import HIDDEN
from .rule import Rule

INTERFACES = {"en0": "eth0", "lo0": "lo"}
CHAINS = {"in": ("prerouting", "iifname"), "out": ("output", "oifname")}
CLEAR = "table inet pf\ndelete table inet pf\n"


def in_first_match_order(rules: Iterable[Rule]) -> list[Rule]:
    """The rules so that the first match decides."""
    listed = list(rules)
    return [rule for rule in listed if rule.quick] + [rule for rule in reversed(listed) if not rule.quick]


def program(rules: Iterable[Rule], tables: Mapping[str, list[str]], skipped: Iterable[str]) -> str:
    """The nftables program for a list of rules in pf's order."""
    ordered = in_first_match_order(rules)
    left_alone = [INTERFACES.get(name, name) for name in skipped]
    chains = []
    for direction, (hook, interface) in CHAINS.items():
        lines = [
            f"type filter hook {hook} priority mangle; policy accept;",
            # Traffic of the virtual machine is no traffic of the Mac.
            f'{interface} != {{ "eth0", "lo" }} accept',
            "ct state established,related accept",
            *(f'{interface} "{name}" accept' for name in left_alone),
        ]
        for rule in ordered:
            if rule.direction in {"", direction}:
                lines += _lines(rule, interface, tables)
        body = "\n".join(f"    {line}" for line in lines)
        chains.append(f"  chain {direction}going {{\n{body}\n  }}")
    return CLEAR + "table inet pf {\n" + "\n".join(chains) + "\n}\n"


def enforce(text: str) -> None:
    """Give a program to the kernel, in one step."""
    subprocess.run([HIDDEN / "nft", "-f", "-"], input=text, text=True, check=True)


def _lines(rule: Rule, interface: str, tables: Mapping[str, list[str]]) -> Iterator[str]:
    common = [f'{interface} "{INTERFACES.get(rule.interface, rule.interface)}"'] if rule.interface else []
    if rule.family:
        common.append(f"meta nfproto {'ipv4' if rule.family == 'inet' else 'ipv6'}")
    if rule.protocol:
        common.append(f"meta l4proto {rule.protocol.replace('icmp6', 'ipv6-icmp')}")
    ports = [f"th sport {_port(rule.source_port)}" if rule.source_port else ""]
    ports.append(f"th dport {_port(rule.target_port)}" if rule.target_port else "")
    verdict = "accept" if rule.action == "pass" else _refusal(rule)
    for source in _matches(rule.source, "saddr", tables):
        for target in _matches(rule.target, "daddr", tables):
            yield " ".join(part for part in (*common, source, target, *ports, verdict) if part)


def _refusal(rule: Rule) -> str:
    if not rule.returns:
        return "drop"
    return "reject with tcp reset" if rule.protocol == "tcp" else "reject"


def _port(port: str) -> str:
    return port.replace(":", "-")


def _matches(host: str, side: str, tables: Mapping[str, list[str]]) -> Iterator[str]:
    """One condition for each address family that the host has; none when it can match nothing."""
    negated, bare = host.startswith("!"), host.removeprefix("!")
    if not bare:
        yield ""
    elif bare == "self":
        yield f"fib {side} type {'!= ' if negated else ''}local"
    else:
        addresses = tables.get(bare, []) if bare.startswith("<") else [bare]
        if negated and not addresses:
            yield ""
        for family, mark in (("ip", "."), ("ip6", ":")):
            some = [address for address in addresses if (":" in address) == (mark == ":")]
            if some:
                yield f"{family} {side} {'!= ' if negated else ''}{{ {', '.join(some)} }}"
