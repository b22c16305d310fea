"""What names that anybody may use are held to, in Cloudflare's rule language. Pure.

Fields and functions: developers.cloudflare.com/ruleset-engine/rules-language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from settings.environment import Environment
from settings.route import Route


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many requests from one address in a period (seconds); beyond, the address waits for a period."""

    name: str
    expression: str
    requests: int
    period: int


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What a name does not take: any method or path that is not listed."""

    name: str
    expression: str


def limits(environment: Environment) -> list[Limit]:
    """One for each public name, in the order of the settings."""
    return [
        Limit(
            name=route.hostname, expression=_at(route), requests=route.requests, period=route.period_seconds
        )
        for route in _public(environment)
    ]  # fmt: skip


def refusals(environment: Environment) -> list[Refusal]:
    """One for each public name, in the order of the settings."""
    return [
        Refusal(name=route.hostname, expression=f"{_at(route)} and not ({_methods(route)} and ({_paths(route.paths)}))")
        for route in _public(environment)
    ]


def _public(environment: Environment) -> list[Route]:
    return [route for route in environment.routes if route.access == "public"]


def _at(route: Route) -> str:
    return f'(http.host eq "{route.hostname}")'


def _methods(route: Route) -> str:
    listed = " ".join(f'"{method}"' for method in route.methods)
    return f"http.request.method in {{{listed}}}"


def _paths(paths: Iterable[str]) -> str:
    return " or ".join(map(_path, paths))


def _path(path: str) -> str:
    if path.endswith("*"):
        return f'starts_with(http.request.uri.path, "{path[:-1]}")'
    return f'http.request.uri.path eq "{path}"'
