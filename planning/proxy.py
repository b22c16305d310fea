"""The proxy's configuration: which name leads where, who has to have logged in, and how requests are shared out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from textwrap import dedent, indent

from catalogue import nginx
from catalogue.proxy import HEALTH, PORT
from catalogue.proxy_configuration import (
    CHECK,
    CONFIGURATION,
    GROUP,
    LOGIN,
    MEMBER,
    PEOPLE,
    SERVER,
    SEVERAL,
    SIDES,
)
from planning import login
from planning.addresses import fill, reach
from planning.fronts import reaching
from planning.placement import Placement
from settings.environment import Environment
from settings.route import Route

KIND = "proxy"
FIRST_SIDE = 9001
"""Port inside the proxy of the first of several services; the others follow."""


def proxy_values(environment: Environment, placement: Placement, placements: Mapping[str, Placement]) -> dict[str, str]:
    """What `${proxy.configuration}` means to a proxy; nothing for other services."""
    if placement.definition.kind != KIND:
        return {}
    return {"proxy.configuration": _escaped(_configuration(environment, placement, placements))}


def _configuration(environment: Environment, proxy: Placement, placements: Mapping[str, Placement]) -> str:
    routes = [route for route in environment.outside if route.targets.keys() <= placements.keys()]
    single = {route.hostname: reach(environment, proxy, placements[name]) for route in routes for name in _only(route)}
    groups = {f"several-{number}": route for number, route in enumerate(_several(routes), 1)}
    targets = single | {route.hostname: name for name, route in groups.items()}
    checker = proxy.wants.get("access-check")
    check = {"address.access-check": reach(environment, proxy, placements[checker])} if checker else {}
    servers = [_sides(environment, proxy, groups, placements)] if groups else []
    servers += _servers([route for route in routes if not login.asks_authelia(environment, route)], check)
    asked = [route for route in routes if login.asks_authelia(environment, route)]
    if asked:
        servers += _guarded(
            asked, login.asks(environment, reaching(environment, proxy, placements), "$host", "$visitor")
        )
    values = {
        "nginx.writable": nginx.WRITABLE,
        "nginx.version": nginx.ANSWERS_VERSION,
        "proxy.port": str(PORT),
        "proxy.health": HEALTH,
        "proxy.person": _escaped(indent(dedent(login.HEADERS), "  ")),
        "proxy.nobody": _escaped(login.SET),
        "proxy.targets": "\n".join(f"    {name} {target};" for name, target in targets.items()),
        "proxy.servers": "\n".join(servers),
    }
    return fill(CONFIGURATION, values).replace("$$", "$")


def _only(route: Route) -> list[str]:
    return [*route.targets] if len(route.targets) == 1 else []


def _several(routes: Sequence[Route]) -> list[Route]:
    return [route for route in routes if len(route.targets) > 1]


def _servers(routes: Sequence[Route], check: Mapping[str, str]) -> Iterator[str]:
    """One server for all names that are treated alike."""
    for several in (False, True):
        for checked in (False, True):
            names = [
                route.hostname
                for route in routes
                if (len(route.targets) > 1) == several and (bool(check) and route.asks_access) == checked
            ]
            if names:
                assertion = "$$assertion" if checked else '""'
                yield _server(
                    names, several, assertion, LOGIN if checked else "", fill(CHECK, check) if checked else ""
                )


def _guarded(routes: Sequence[Route], asks: str) -> Iterator[str]:
    """One server for all names whose people log in by Authelia: nginx knows them by the name of the server."""
    for several in (False, True):
        names = [route.hostname for route in routes if (len(route.targets) > 1) == several]
        if names:
            yield _server(names, several, '""', _escaped(f"{login.ADMITS}{PEOPLE}"), _escaped(asks))


def _server(names: Sequence[str], several: bool, checked: str, admits: str, check: str) -> str:
    values = {
        "proxy.port": str(PORT),
        "proxy.nobody": _escaped(login.SET),
        "server.names": " ".join(names),
        "server.checked": checked,
        "server.several": SEVERAL.rstrip("\n") if several else "",
        "server.login": admits.rstrip("\n"),
        "server.check": check.rstrip("\n"),
    }
    return _lines(fill(SERVER, values))


def _escaped(text: str) -> str:
    """nginx has variables of its own."""
    return text.replace("$", "$$")


def _sides(
    environment: Environment, proxy: Placement, groups: Mapping[str, Route], placements: Mapping[str, Placement]
) -> str:
    ports = count(FIRST_SIDE)
    addresses: dict[int, str] = {}
    texts = []
    for name, route in groups.items():
        members = []
        for service, weight in route.targets.items():
            port = next(ports)
            addresses[port] = reach(environment, proxy, placements[service])
            members.append(fill(MEMBER, {"member.port": str(port), "member.weight": str(weight)}))
        texts.append(fill(GROUP, {"group.name": name, "group.members": "\n".join(members)}))
    values = {
        "sides.addresses": "\n".join(f"    {port} {address};" for port, address in addresses.items()),
        "sides.groups": "".join(texts).rstrip("\n"),
        "sides.listen": "\n".join(f"    listen 127.0.0.1:{port};" for port in addresses),
    }
    return fill(SIDES, values)


def _lines(text: str) -> str:
    """Without the lines that an empty piece leaves."""
    return "".join(f"{line}\n" for line in text.splitlines() if line)
