"""What the difference of two plans puts at risk: who can reach what, money, and room on the hosts."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from review.comparison import Comparison
from review.finding import Finding, danger, notice
from review.plan_summary import Reach

OPENNESS = ("internal", "private", "shared", "public")
"""Access modes, each more open than the one before."""
ROOM = ("OK", "TIGHT", "FULL", "OVER")


def plan_findings(comparison: Comparison) -> Iterator[Finding]:
    """Nothing where there is no base, but for what stands out by itself."""
    yield from _names(comparison)
    for old, new in comparison.moved:
        if _open(new) > _open(old):
            yield danger("access loosened", new.route or new.name, f"from {old.access} to {new.access}")
        if wider := _wider(old, new):
            yield danger("more networks reach it", new.name, ", ".join(wider))
        if new.host != old.host:
            yield notice("service moves", new.name, f"from {old.host} to {new.host}; its data does not move with it")
    for one in comparison.removed:
        yield notice("endpoint removed", one.name, one.url)
    yield from _rows(comparison)


def _names(comparison: Comparison) -> Iterator[Finding]:
    added = [one for one in comparison.added if one.route]
    added += [new for old, new in comparison.moved if new.route and new.route != old.route]
    for one in added:
        yield danger("public name added", str(one.route), "the Internet can reach it")


def _rows(comparison: Comparison) -> Iterator[Finding]:
    for row in comparison.costs:
        if row.month and row.month >= 0.005:
            yield notice("costs more", row.cost.host, f"{row.month:.2f} USD a month")
    for fit in comparison.fits:
        if fit.was and ROOM.index(fit.fit.status) > ROOM.index(fit.was):
            why = f"{fit.fit.resource} from {fit.was} to {fit.fit.status}, {fit.fit.free:.1f} GB free"
            yield notice("less room", fit.fit.host, why)


def _open(one: Reach) -> int:
    return OPENNESS.index(one.access) if one.access in OPENNESS else len(OPENNESS)


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
