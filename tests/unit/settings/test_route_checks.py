"""Routes that would open more than they say, or nothing to anybody, are refused."""

from __future__ import annotations

from typing import Any

import pytest

from settings.load import load

SERVICES = {"web": {"host": "local"}, "tunnel": {"host": "local"}}
LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 4, "memory_gb": 8, "disk_gb": 50}
ACCOUNT = {"account_id": "a" * 32, "zone_id": "b" * 32}


def causes(route: dict[str, Any], **edge: Any) -> list[str]:
    whole = {"hostname": "www.example.com", "service": "web", **route}
    sections = {
        "hosts": {"local": LOCAL}, "services": SERVICES, "routes": [whole], "edge": {**ACCOUNT, **edge},
        "secrets": {"cloudflare-api-token": "t" * 40},
    }  # fmt: skip
    return [f"{one.path}: {one.cause}" for one in load("test", sections, "Pulumi.test.yaml").problems]


@pytest.mark.parametrize(
    ("route", "edge"),
    [
        ({"access": "private"}, {"emails": ["a@example.com"]}),
        ({"access": "private", "email_domain": "example.com"}, {}),
        ({"access": "shared", "keys": ["ci"]}, {"keys": {"ci": {}}}),
        ({"access": "public", "methods": ["GET"], "paths": ["/assets/*"], "requests": 10}, {}),
    ],
)
def test_a_name_that_says_whom_it_admits_is_good(route: dict[str, Any], edge: dict[str, Any]) -> None:
    assert causes(route, **edge) == []


@pytest.mark.parametrize(
    ("route", "edge", "cause"),
    [
        ({"access": "private"}, {}, "edge.emails: nobody would be admitted to www.example.com"),
        ({"access": "shared"}, {}, "routes.0.keys: nobody and nothing would be admitted to www.example.com"),
        ({"access": "shared", "keys": ["ic"]}, {"keys": {"ci": {}}}, "routes.0.keys: no such key of edge.keys"),
        (
            {"access": "private", "keys": ["ci"]}, {"keys": {"ci": {}}, "emails": ["a@example.com"]},
            "routes.0.keys: keys open `access: shared` names only",
        ),
        ({"access": "public", "emails": ["a@example.com"]}, {}, "routes.0.emails: a public name asks nobody who"),
        (
            {"access": "private", "paths": ["/x"]}, {"emails": ["a@example.com"]},
            "routes.0.access: limits are those of `access: public` names",
        ),
        (
            {"access": "public"}, {"keys": {"ci": {"version": 2}}},
            "edge.keys.ci.previous_until: a raised `version` and the time until which",
        ),
    ],
)  # fmt: skip
def test_a_name_that_would_surprise_is_refused(route: dict[str, Any], edge: dict[str, Any], cause: str) -> None:
    (found,) = causes(route, **edge)
    assert found.startswith(cause)
