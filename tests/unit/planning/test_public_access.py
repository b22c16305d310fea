"""Limits of names that anybody may use, in the words of Cloudflare's rules."""

from __future__ import annotations

from planning.public_access import limits, refusals
from settings.environment import Environment
from settings.route import Route


def environment(*routes: Route) -> Environment:
    return Environment(name="test", routes=routes)


WWW = Route(hostname="www.example.com", service="web", access="public", methods=("GET", "POST"), paths=("/", "/api/*"))
CHAT = Route(hostname="chat.example.com", service="open-webui", access="private")


def test_only_public_names_have_limits() -> None:
    assert [one.name for one in limits(environment(CHAT, WWW))] == ["www.example.com"]
    assert refusals(environment(CHAT)) == []


def test_whatever_is_not_listed_is_refused() -> None:
    (refusal,) = refusals(environment(WWW))
    assert refusal.expression == (
        '(http.host eq "www.example.com") and not (http.request.method in {"GET" "POST"} and '
        '(http.request.uri.path eq "/" or starts_with(http.request.uri.path, "/api/")))'
    )


def test_a_limit_counts_one_name_only() -> None:
    (limit,) = limits(environment(WWW))
    assert (limit.expression, limit.requests, limit.period) == ('(http.host eq "www.example.com")', 100, 60)
