"""The `endpoints` output: a contract that probes, monitoring, portal and reports read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from planning.certificates import RENEW_DAYS, asked_name
from planning.placement import Placement
from planning.ports import port_of
from settings.environment import Environment


def endpoints(environment: Environment, placements: Iterable[Placement]) -> list[dict[str, Any]]:
    """One entry a service. `status` is 0 where no HTTP is spoken; `needs` names other entries; timeout in seconds.

    `certificate` is there for what serves one of the environment's authority, to who asks for `name`: with fewer than
    `renew_days` left, an update should have issued it anew.
    """
    routes = {name: route for route in environment.routes for name in route.targets}
    return [_endpoint(environment, placement, routes) for placement in placements]


def _endpoint(environment: Environment, placement: Placement, routes: Mapping[str, Any]) -> dict[str, Any]:
    probe, host_name = placement.definition.probe, placement.service.host
    host = environment.hosts[host_name]
    scheme = "http" if probe.method == "GET" else "tcp"
    route = routes.get(placement.name)
    asked = asked_name(environment, placement)
    certificate = {"certificate": {"name": asked, "renew_days": RENEW_DAYS}} if asked else {}
    return {
        "name": placement.name,
        "service": placement.definition.kind,
        "host": host_name,
        "url": f"{scheme}://{host.address or host_name}:{port_of(placement)}",
        "probe": {
            "method": probe.method,
            "path": probe.path,
            "status": probe.status,
            "timeout": probe.timeout,
        },
        "route": route.hostname if route else None,
        "access": route.access if route else "internal",
        "needs": sorted(set(placement.needs.values())),
        **certificate,
    }
