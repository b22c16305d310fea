"""The firewall: one nftables table of ours. Tables of others (Docker, ufw, firewalld) are left alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from hosts.linux.unit import Unit
from hosts.step import Step
from planning.firewall import Rule

FILE = "/etc/ai-platform/firewall.nft"
# docker0, and br- with the start of the network's id: Docker's own names.
BRIDGES = ("docker0", "br-*")

# At this priority a packet to a published port still has the port that its sender wrote: Docker redirects it later
# (dstnat, -100), beside the chains that ufw knows. Connection tracking (-200) has seen it already.
_ARRIVING = "type filter hook prerouting priority mangle; policy accept;"
_FORWARDED = "type filter hook forward priority filter - 10; policy accept;"


def ruleset(rules: Sequence[Rule], container_ports: Sequence[int]) -> str:
    """The file for `nft -f`: the table as a whole, taken over at once or not at all.

    A port without a rule, ssh among them, is never touched. Answers always pass; packets of an open connection do not,
    so one from a network that may no longer come in ends.
    """
    return "\n".join(
        [
            "# Who may reach the services of the AI platform. Loaded by ai-platform-firewall.service.",
            "table inet ai_platform",
            "delete table inet ai_platform",
            "table inet ai_platform {",
            "\tchain arriving {",
            *(f"\t\t{line}" for line in (_ARRIVING, *_from_here(), "fib daddr type != local accept")),
            *(f"\t\t{line}" for rule in rules for line in _port(rule)),
            "\t}",
            "",
            "\t# A machine of the same network can address a container itself; only published ports are meant.",
            "\tchain forwarded {",
            *(f"\t\t{line}" for line in (_FORWARDED, *_from_here(), "ct status dnat accept")),
            *(f"\t\t{line}" for line in _containers(container_ports)),
            "\t}",
            "}",
            "",
        ]
    )


def _from_here() -> Iterator[str]:
    """Traffic of the host itself, of its containers, and answers."""
    yield "ct direction reply accept"
    yield from (f'iifname "{name}" accept' for name in ("lo", *BRIDGES))


def _port(rule: Rule) -> Iterator[str]:
    for version, family in ((4, "ip"), (6, "ip6")):
        networks = [source for source in rule.sources if ipaddress.ip_network(source).version == version]
        if networks:
            yield f"tcp dport {rule.port} {family} saddr {{ {', '.join(networks)} }} accept"
    yield f'tcp dport {rule.port} counter drop comment "{rule.service}"'


def _containers(ports: Sequence[int]) -> Iterator[str]:
    if ports:
        listed = ", ".join(str(port) for port in sorted(set(ports)))
        yield from (f'oifname "{name}" tcp dport {{ {listed} }} counter drop' for name in BRIDGES)


UNIT = Unit(
    name="ai-platform-firewall.service",
    content=f"""\
[Unit]
Description=Firewall of the AI platform
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target docker.service shutdown.target
# The system's own service empties the whole ruleset first.
After=nftables.service
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f {FILE}
ExecReload=/usr/sbin/nft -f {FILE}

[Install]
WantedBy=sysinit.target
""",
)


def firewall_steps(rules: Sequence[Rule], container_ports: Sequence[int]) -> tuple[Step, Step]:
    """The rules, now; and the unit that loads them at every boot before Docker starts."""
    text = ruleset(rules, container_ports)
    return Step("firewall", 60, "step_firewall", (FILE, text), shown=text), UNIT.step()
