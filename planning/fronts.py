"""The services that routes put before others: what they are told, and whether they reach what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planning import authelia, names_nginx
from planning.addresses import beyond_reach, reach
from planning.login import Reach, asks_authelia
from planning.placement import Placement
from settings.environment import Environment
from settings.login_checks import AUTHELIA, PROXY
from settings.name_checks import SERVED_BY
from settings.problem import Problem


def front_values(environment: Environment, placement: Placement, placements: Mapping[str, Placement]) -> dict[str, str]:
    """What `${names...}` and `${authelia...}` mean to the services that ask; nothing for others."""
    if placement.definition.kind == SERVED_BY:
        text = names_nginx.configuration(environment, reaching(environment, placement, placements))
        # nginx has variables of its own.
        return {"names.configuration": text.replace("$", "$$")}
    return authelia.texts(environment) if placement.definition.kind == AUTHELIA else {}


def reaching(environment: Environment, caller: Placement, placements: Mapping[str, Placement]) -> Reach:
    """How `caller` reaches any service by its name."""
    return lambda name: reach(environment, caller, placements[name]) if name in placements else None


def front_problems(environment: Environment, placements: Mapping[str, Placement]) -> Iterator[Problem]:
    """Services before others that could not reach them, or not Authelia."""
    for placement in placements.values():
        for name in sorted(_behind(environment, placement) & placements.keys()):
            if address := beyond_reach(environment, placement, placements[name]):
                yield Problem(
                    path=f"services.{placement.name}.host",
                    value=placement.service.host,
                    cause=f"leads to {name} on {placements[name].service.host}, whose address {address} other machines "
                    "cannot reach",
                    remedy="place both on one host",
                )


def _behind(environment: Environment, placement: Placement) -> set[str]:
    """What a service of kind `names` leads to, and Authelia where it or the proxy asks it."""
    kind = placement.definition.kind
    if kind not in (SERVED_BY, PROXY):
        return set()
    routes = environment.internal if kind == SERVED_BY else environment.outside
    asks = any(asks_authelia(environment, route) for route in routes)
    led = {name for route in routes for name in route.targets} if kind == SERVED_BY else set()
    return led | set(environment.of_kind(AUTHELIA) if asks else ())
