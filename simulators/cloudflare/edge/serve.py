"""Starts the edge of an account: both listeners, with what its folder keeps."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from simulators.cloudflare.edge.authority import tls_context
from simulators.cloudflare.edge.door import serving_connectors
from simulators.cloudflare.edge.edge import TEAM_DOMAIN, Edge
from simulators.cloudflare.edge.front import serving_visitors
from simulators.cloudflare.edge.keys import KeyRing
from simulators.cloudflare.service import Service

KEYS = "team-keys.json"


@contextlib.contextmanager
def serving_edge(
    service: Service, folder: Path, visitors: str = "127.0.0.1:0", connectors: str = "127.0.0.1:0", team: str = "dev"
) -> Iterator[tuple[str, str]]:
    """Serves as long as the block runs; gives the URL for visitors and that for connectors."""
    tls = tls_context(folder, [service.account.zone_name, f"{team}.{TEAM_DOMAIN}"])
    edge = Edge(service.account, service.lock, team, KeyRing(folder / KEYS))
    service.edge = edge
    with (
        serving_visitors(edge, tls, *_address(visitors)) as front,
        serving_connectors(edge, *_address(connectors)) as door,
    ):
        yield front, door


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)
