"""Where public names lead inside the platform, and how far what stands there is protected. Pure."""

from __future__ import annotations

from planning.access import with_login
from planning.plan import Plan, PlannedService
from settings.route import Route

PROXY, CHECK, CONNECTOR, APPLICATION = "proxy", "access-check", "tunnel", "application"


def origin(plan: Plan, route: Route) -> str:
    """URL under which the tunnel's connectors reach what a name leads to. Beside it they share its network."""
    behind = first_stop(plan, route)
    hosts = {service.host for service in plan.services if service.kind == CONNECTOR}
    if hosts == {behind.host} and behind.container and not behind.replicas:
        return f"http://{behind.name}:{behind.container.container_port}"
    return f"http://{behind.address}:{behind.port}"


def first_stop(plan: Plan, route: Route) -> PlannedService:
    """The proxy, or without one the service."""
    return front(plan) or plan.service(next(iter(route.targets)))


def front(plan: Plan) -> PlannedService | None:
    """The environment's proxy."""
    return next((service for service in plan.services if service.kind == PROXY), None)


def closed(plan: Plan) -> frozenset[str]:
    """Services that only the environment's own hosts need to reach: with a proxy, all on the way from public names.

    That is proxy, check, what the names lead to, and the applications that such pages hand requests on to. So is what
    people log in to at an internal name: whoever reached its own port would pass without a login.
    """
    behind = {name for route in plan.environment.internal if route.login for name in route.targets}
    if front(plan):
        behind |= {name for route in plan.environment.outside for name in route.targets}
        behind |= {service.name for service in plan.services if service.kind in (PROXY, CHECK)}
    handed_on = {need for name in behind for need in plan.service(name).needs}
    own = {service.name for service in plan.services if service.kind == APPLICATION and service.name in handed_on}
    return frozenset(behind | own)


def unprotected(plan: Plan) -> list[Route]:
    """Routes with a login that nothing here checks: whoever gets past Cloudflare, or around it, is let in."""
    proxy = front(plan)
    checks = {service.name for service in plan.services if service.kind == CHECK}
    return [] if proxy and checks else with_login(plan.environment)
