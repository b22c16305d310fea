"""Connectors of the tunnel, and what they reach: a container is not the host that it stands on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planning.addresses import is_loopback
from planning.origins import CHECK, CONNECTOR, PROXY
from planning.placement import Placement
from planning.plan import Container, Plan
from settings.environment import Environment
from settings.problem import Problem


def connector(environment: Environment, placement: Placement, container: Container) -> Container:
    """The container of a connector, made to come to the edge that the environment has; any other as it is.

    The official image knows Cloudflare's own edge only, and the recorded one (simulators/images) a simulated one only.
    """
    definition, edge = placement.definition, environment.edge
    if definition.kind != CONNECTOR:
        return container
    if edge is None or not edge.simulated:
        official = definition.image.official if definition.image else None
        return replace(container, image=placement.service.image or official or container.image)
    variables = {*container.environment, f"TUNNEL_EDGE={edge.connectors}"}
    return replace(container, environment=tuple(sorted(variables)))


def without_simulated(plan: Plan) -> Plan:
    """The plan without names that only a simulated account of this checkout knows, and without the way to them."""
    edge = plan.environment.edge
    if edge is None or not edge.simulated:
        return plan
    environment = plan.environment.model_copy(update={"edge": None, "routes": plan.environment.internal})
    services = tuple(service for service in plan.services if service.kind not in (CONNECTOR, PROXY, CHECK))
    return replace(plan, environment=environment, services=services)


def unreachable(environment: Environment, by_name: Mapping[str, Placement]) -> list[Problem]:
    """Routes to services that listen on loopback only, with a connector elsewhere and no proxy between them."""
    if any(placement.definition.kind == PROXY for placement in by_name.values()):
        return []
    hosts = {placement.service.host for placement in by_name.values() if placement.definition.kind == CONNECTOR}
    problems = []
    for index, route in enumerate(environment.routes):
        if not route.outside:
            continue
        target = by_name.get(route.service or "")
        if target is None:
            continue
        host = target.service.host
        address = environment.hosts[host].address
        far = hosts - ({host} if not target.definition.native else set())
        if address and is_loopback(address) and far:
            problems.append(
                Problem(
                    path=f"routes.{index}.service",
                    value=target.name,
                    cause=f"listens on {host}'s {address}, which a connector on {', '.join(sorted(far))} cannot reach",
                    remedy=f"place all connectors on {host}, or give hosts.{host} an address of the network",
                )
            )
    return problems
