from __future__ import annotations

import pytest

from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.service import Service
from tests.unit.simulators.edge.zone import KEYS, Visits, Zone


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def zone(service: Service) -> Zone:
    return Zone(service)


@pytest.fixture
def visits(service: Service) -> Visits:
    return Visits(Edge(service.account, service.lock, keys=KEYS))
