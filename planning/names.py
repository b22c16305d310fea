"""Internal names: which there are and where they are answered. Pure."""

from __future__ import annotations

from catalogue.names import DEFINITION
from settings.environment import Environment
from settings.name_checks import SERVED_BY
from settings.route import Route


def internal_names(environment: Environment) -> list[str]:
    """In the order of the settings; what a certificate for them names."""
    return [route.hostname for route in environment.internal]


def port(environment: Environment) -> int:
    """Where the service that answers for internal names listens on its host."""
    (name,) = environment.of_kind(SERVED_BY)
    return environment.services[name].port or DEFINITION.port


def address(environment: Environment) -> str:
    """Address that a resolver of the office gives for every internal name."""
    (name,) = environment.of_kind(SERVED_BY)
    return str(environment.hosts[environment.services[name].host].address)


def address_of(environment: Environment, route: Route) -> str:
    """The name as it stands in an address bar: with a port where that is not the usual one."""
    if route.outside:
        return f"{route.hostname}{environment.edge.port if environment.edge else ''}"
    if port(environment) == DEFINITION.port:
        return route.hostname
    return f"{route.hostname}:{port(environment)}"
