"""What the difference of two plans puts at risk: who can reach what, money, and room on the hosts."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping

from review.comparison import Comparison
from review.finding import Finding, danger, notice
from review.plan_summary import Reach

OPENNESS = ("internal", "private", "shared", "public")
"""Access modes, each more open than the one before."""
ROOM = ("OK", "TIGHT", "FULL", "OVER")


def plan_findings(comparison: Comparison) -> Iterator[Finding]:
    """Nothing where there is no base, but for what stands out by itself."""
    for one in comparison.added:
        yield from _names({}, one.names)
    for old, new in comparison.moved:
        yield from _names(old.names, new.names)
        if wider := _wider(old, new):
            yield danger("more networks reach it", new.name, ", ".join(wider))
        if new.host != old.host:
            yield notice("service moves", new.name, f"from {old.host} to {new.host}; its data does not move with it")
    for one in comparison.removed:
        yield notice("endpoint removed", one.name, one.url)
    yield from _rows(comparison)


def _names(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Finding]:
    for name, access in after.items():
        if name not in before:
            yield danger("public name added", name, "the Internet can reach it")
        elif _open(access) > _open(before[name]):
            yield danger("access loosened", name, f"from {before[name]} to {access}")


def _rows(comparison: Comparison) -> Iterator[Finding]:
    for row in comparison.costs:
        if row.month and row.month >= 0.005:
            yield notice("costs more", row.cost.host, f"{row.month:.2f} USD a month")
    for fit in comparison.fits:
        if fit.was and ROOM.index(fit.fit.status) > ROOM.index(fit.was):
            why = f"{fit.fit.resource} from {fit.was} to {fit.fit.status}, {fit.fit.free:.1f} GB free"
            yield notice("less room", fit.fit.host, why)


def _open(access: str) -> int:
    return OPENNESS.index(access) if access in OPENNESS else len(OPENNESS)


def _wider(old: Reach, new: Reach) -> list[str]:
    """Networks that none of the old ones holds."""
    known = list(_networks(old.networks))
    return [
        str(network)
        for network in _networks(new.networks)
        if not any(network.version == one.version and network.subnet_of(one) for one in known)  # type: ignore[arg-type]
    ]


def _networks(texts: Iterable[str]) -> Iterator[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return (ipaddress.ip_network(text, strict=False) for text in texts)
