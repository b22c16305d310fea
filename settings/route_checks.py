"""What only shows when routes are seen together with the services, people and keys that they name."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problem import Problem
from settings.route import Edge, Key, Route
from settings.simulated_edge import problems_of_account
from settings.unknown import unknown


def check_routes(environment: Environment, services: set[str]) -> Iterator[Problem]:
    """Problems of the public names. A reference to something in `services` is good."""
    seen: dict[str, int] = {}
    for index, route in enumerate(environment.routes):
        for name in route.targets:
            if name not in services:
                key = "service" if route.service else "services"
                yield unknown(f"routes.{index}.{key}", name, services, "service")
        if bool(route.service) == bool(route.services):
            yield Problem(
                path=f"routes.{index}.services",
                value=", ".join(route.services),
                cause=f"{route.hostname} leads {'two ways' if route.service else 'nowhere'}",
                remedy="name one `service`, or `services` with a weight for each: {web: 9, web-next: 1}",
            )
        if route.hostname in seen:
            yield Problem(
                path=f"routes.{index}.hostname",
                value=route.hostname,
                cause=f"already routed by routes.{seen[route.hostname]}",
                remedy="give each name one service",
            )
        seen.setdefault(route.hostname, index)
    if environment.outside and environment.edge is None:
        yield Problem(
            path="edge",
            value="",
            cause="routes need the account that their names belong to",
            remedy="add `edge:` with account_id, zone_id and who is admitted",
        )
    if environment.edge is not None:
        yield from _edge(environment, environment.edge)


def _edge(environment: Environment, edge: Edge) -> Iterator[Problem]:
    if environment.outside and not environment.of_kind("tunnel"):
        yield Problem(
            path="services.tunnel",
            value="",
            cause="public names lead through a tunnel, and no service is its connector",
            remedy="add `tunnel: {host: <entry host>}` under services",
        )
    yield from problems_of_account(edge, environment.routes, environment.secrets)
    if not edge.simulated and "cloudflare-api-token" not in environment.secrets:
        yield Problem(
            path="secrets.cloudflare-api-token",
            value="",
            cause="the edge needs an API token",
            remedy=f"scripts/pulumi config set -s {environment.name} --secret --path "
            "'ai-platform:secrets.cloudflare-api-token'",
        )
    for index, route in enumerate(environment.routes):
        yield from _admission(f"routes.{index}", route, edge)
    for name, key in edge.keys.items():
        yield from _rotation(f"edge.keys.{name}", key)


def _admission(path: str, route: Route, edge: Edge) -> Iterator[Problem]:
    """Somebody is admitted, and nothing is said that the access mode would not do."""
    people = route.emails or route.email_domain or edge.emails or edge.email_domain
    if route.access == "private" and route.asks_access and not people:
        yield Problem(
            path="edge.emails",
            value="",
            cause=f"nobody would be admitted to {route.hostname}",
            remedy="list mail addresses, or set `email_domain`",
        )
    if route.access == "shared" and not (people or route.keys):
        yield Problem(
            path=f"{path}.keys",
            value="",
            cause=f"nobody and nothing would be admitted to {route.hostname}",
            remedy="name keys of `edge.keys`, or people",
        )
    for name in route.keys:
        if name not in edge.keys:
            yield unknown(f"{path}.keys", name, edge.keys, "key of edge.keys")
    if route.keys and route.access != "shared":
        yield _needless(f"{path}.keys", ", ".join(route.keys), route.access, "keys open `access: shared` names only")
    if route.access == "public" and (route.emails or route.email_domain):
        people_named = ", ".join([*route.emails, *filter(None, [route.email_domain])])
        yield _needless(f"{path}.emails", people_named, route.access, "a public name asks nobody who they are")
    if route.access != "public" and {"methods", "paths", "requests", "period_seconds"} & route.model_fields_set:
        yield _needless(f"{path}.access", route.access, route.access, "limits are those of `access: public` names")


def _needless(path: str, value: str, access: str, cause: str) -> Problem:
    return Problem(path=path, value=value, cause=cause, remedy=f"remove it, or change `access: {access}`")


def _rotation(path: str, key: Key) -> Iterator[Problem]:
    """Cloudflare makes a new secret only when it is told how long the old one stays good."""
    if (key.version > 1) != (key.previous_until is not None):
        yield Problem(
            path=f"{path}.previous_until",
            value=key.previous_until or "",
            cause="a raised `version` and the time until which the old secret works go together",
            remedy="set both, e.g. `{version: 2, previous_until: 2026-12-01T00:00:00Z}`",
        )
