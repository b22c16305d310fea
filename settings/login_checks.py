"""Logins by Authelia that could not work, or would let in others than they say."""

from __future__ import annotations

from collections.abc import Iterator

from settings.encrypted import ENCRYPTED
from settings.environment import Environment
from settings.person import password_secret
from settings.problem import Problem
from settings.route import Route
from settings.unknown import unknown

AUTHELIA = "authelia"
PROXY = "proxy"
HASH = "$argon2id$"


def check_logins(environment: Environment) -> Iterator[Problem]:
    """Problems of routes with `login: authelia`, of its service and of `people`."""
    services = environment.of_kind(AUTHELIA)
    asking = {index: route for index, route in enumerate(environment.routes) if route.login}
    if asking and not services:
        yield _missing(AUTHELIA, f"{next(iter(asking.values())).hostname} asks for a login that no service gives")
    if services and not environment.people:
        yield Problem(
            path="people", value="", cause="nobody could log in", remedy="add `people:` with user names, name and email"
        )
    if environment.people and not services:
        yield _missing(AUTHELIA, "people are named, and no service asks them who they are")
    for name in services[1:]:
        yield Problem(
            path=f"services.{name}",
            value="",
            cause=f"{services[0]} knows the people already",
            remedy="remove one of them",
        )
    if any(route.outside for route in asking.values()) and not environment.of_kind(PROXY):
        yield _missing(PROXY, "a tunnel leads past Authelia unless a reverse proxy asks it")
    for index, route in enumerate(environment.routes):
        yield from _route(environment, f"routes.{index}", route, services)
    if services:
        yield from _portals(environment, services)
        yield from _passwords(environment)


def portals(environment: Environment) -> list[Route]:
    """Names of the page where people log in, each for the names beside it."""
    services = environment.of_kind(AUTHELIA)
    return [route for route in environment.routes if {*route.targets} & {*services}]


def domain(portal: Route) -> str:
    """Names below it share the login of `portal`."""
    return portal.hostname.partition(".")[2]


def covers(portal: Route, route: Route) -> bool:
    """Whether who is sent from `route` to `portal` gets there, and is known at `route` afterwards."""
    return route.hostname.endswith(f".{domain(portal)}") and (portal.outside or not route.outside)


def _missing(kind: str, cause: str) -> Problem:
    remedy = f"add `{kind}: {{host: <entry host>}}` under services"
    return Problem(path=f"services.{kind}", value="", cause=cause, remedy=remedy)


def _route(environment: Environment, path: str, route: Route, services: list[str]) -> Iterator[Problem]:
    if route.people and not route.login:
        yield Problem(
            path=f"{path}.people",
            value=", ".join(route.people),
            cause="nobody is asked who they are by Authelia there",
            remedy="add `login: authelia`",
        )
    for name in route.people:
        if name not in environment.people:
            yield unknown(f"{path}.people", name, environment.people, "entry of people")
    if not route.login:
        return
    if route.access in ("shared", "public"):
        yield Problem(
            path=f"{path}.login",
            value=route.login,
            cause=f"Authelia admits people, and `access: {route.access}` more than them",
            remedy="use `access: private` or `access: internal`, or remove `login`",
        )
    if route.outside and (route.emails or route.email_domain):
        yield Problem(
            path=f"{path}.emails",
            value=", ".join([*route.emails, *filter(None, [route.email_domain])]),
            cause="Authelia admits `people`, not mail addresses",
            remedy="name them under `people` of the route",
        )
    if services and not any(covers(portal, route) for portal in portals(environment)):
        reach = "a name outside" if route.outside else "a name"
        yield Problem(
            path=f"{path}.hostname",
            value=route.hostname,
            cause=f"no login page has {reach} beside it: cookies are shared below one domain",
            remedy=f"route {services[0]} as auth.{route.hostname.partition('.')[2]} with `login: authelia`",
        )


def _portals(environment: Environment, services: list[str]) -> Iterator[Problem]:
    found = portals(environment)
    if not found:
        yield Problem(
            path=f"services.{services[0]}",
            value="",
            cause="nobody would find the page where one logs in",
            remedy=f"add a route: {{hostname: auth.example.com, service: {services[0]}, login: authelia}}",
        )
    for index, route in enumerate(environment.routes):
        path = f"routes.{index}"
        if route not in found:
            continue
        if route.login is None:
            yield Problem(
                path=f"{path}.login",
                value="",
                cause="the login page asks by itself who comes",
                remedy="add `login: authelia`",
            )
        if "." not in domain(route) or domain(route) == "home.arpa":
            yield Problem(
                path=f"{path}.hostname",
                value=route.hostname,
                cause=f"browsers take no cookie for all of {domain(route)}",
                remedy=f"put one more part before it, as in auth.office.{domain(route)}",
            )
        for other in found[: found.index(route)]:
            if f".{domain(other)}".endswith(f".{domain(route)}") or f".{domain(route)}".endswith(f".{domain(other)}"):
                yield Problem(
                    path=f"{path}.hostname",
                    value=route.hostname,
                    cause=f"{other.hostname} is the login page of that domain already",
                    remedy="keep one of them, or give them domains of which none is below the other",
                )


def _passwords(environment: Environment) -> Iterator[Problem]:
    for person in environment.people:
        name = password_secret(person)
        given = environment.secrets.get(name)
        remedy = f"scripts/login-password {person} -s {environment.name}"
        if given is None:
            yield Problem(path=f"secrets.{name}", value="", cause=f"{person} has no password", remedy=remedy)
        elif not given.get_secret_value().startswith((HASH, ENCRYPTED)):
            cause = f"not a hash of a password, which begins with {HASH}"
            yield Problem(path=f"secrets.{name}", value="", cause=cause, remedy=remedy)
