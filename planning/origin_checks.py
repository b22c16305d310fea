"""What stands against the way of public names: a proxy that could not do what the settings ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planning.access import access_values, with_login
from planning.addresses import beyond_reach
from planning.origins import CHECK, CONNECTOR, PROXY
from planning.placement import Placement
from settings.environment import Environment
from settings.problem import Problem


def origin_problems(environment: Environment, placements: Iterable[Placement]) -> list[Problem]:
    """Problems of proxy, check and routes among each other."""
    by_name = {placement.name: placement for placement in placements}
    proxies = [one for one in by_name.values() if one.definition.kind == PROXY]
    checks = [one for one in by_name.values() if one.definition.kind == CHECK]
    return [
        *_second(proxies),
        *_shared_out(environment, proxies),
        *_unchecked(environment, proxies),
        *_needless(environment, checks),
        *(problem for proxy in proxies for problem in _apart(environment, proxy, by_name)),
    ]


def _second(proxies: list[Placement]) -> Iterator[Problem]:
    for proxy in proxies[1:]:
        yield Problem(
            path=f"services.{proxy.name}",
            value="",
            cause=f"public names lead through one proxy, and {proxies[0].name} is one",
            remedy="remove one of them",
        )


def _shared_out(environment: Environment, proxies: list[Placement]) -> Iterator[Problem]:
    for index, route in enumerate(environment.routes):
        if len(route.targets) > 1 and not proxies:
            yield Problem(
                path=f"routes.{index}.services",
                value=", ".join(route.targets),
                cause="requests are shared out by a proxy, and there is none",
                remedy="add `proxy: {host: <entry host>}` under services, or name one `service`",
            )


def _unchecked(environment: Environment, proxies: list[Placement]) -> Iterator[Problem]:
    """With team and proxy all is there but the check itself: to leave it out would be an oversight."""
    for proxy in proxies:
        if CHECK not in proxy.wants and access_values(environment) and with_login(environment):
            yield Problem(
                path=f"services.{proxy.name}",
                value="",
                cause="it would let requests through that passed no login: no access-check stands beside it",
                remedy=f"add `access-check: {{host: {proxy.service.host}}}` under services",
            )


def _needless(environment: Environment, checks: list[Placement]) -> Iterator[Problem]:
    for check in checks:
        if not (access_values(environment) and with_login(environment)):
            yield Problem(
                path=f"services.{check.name}",
                value="",
                cause="it checks the logins of a team for names that have one, and the settings name none",
                remedy="set `edge.team` and a route with `access: private` or `shared`, or remove it",
            )


def _apart(environment: Environment, proxy: Placement, by_name: dict[str, Placement]) -> Iterator[Problem]:
    """Connectors reach the proxy, and the proxy what it leads to."""
    connectors = [one for one in by_name.values() if one.definition.kind == CONNECTOR]
    routed = {name for route in environment.outside for name in route.targets}
    pairs = [(connector, proxy) for connector in connectors]
    pairs += [(proxy, by_name[name]) for name in sorted(routed & by_name.keys())]
    for caller, callee in pairs:
        if address := beyond_reach(environment, caller, callee):
            yield Problem(
                path=f"services.{caller.name}.host",
                value=caller.service.host,
                cause=f"leads to {callee.name} on {callee.service.host}, whose address {address} other machines "
                "cannot reach",
                remedy="place both on one host",
            )
