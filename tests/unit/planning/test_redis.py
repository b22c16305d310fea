"""Redis keeps what its use asks for, and each application has keys of its own."""

from __future__ import annotations

from typing import Any

import pytest

from planning.passwords import password_names
from settings.problem import SettingsError
from tests.unit.planning.conftest import Planner

CLIENTS = {
    "api": {"keys": ["cache:*", "rate:*"]},
    "viewer": {"keys": ["cache:*"], "read_only": True, "channels": ["*"]},
}


def configuration(planned: Planner, **redis: Any) -> list[str]:
    service: dict[str, Any] = {"host": "local", "memory_mb": 400, **({"redis": redis} if redis else {})}
    plan = planned(services={"redis": service})
    container = plan.service("redis").container
    assert container
    return container.files[0].template.splitlines()


def test_without_settings_nothing_that_was_accepted_is_lost(planned: Planner) -> None:
    assert configuration(planned) == ["requirepass ${password.redis}", "appendonly yes", "dir /data"]


def test_a_cache_makes_room_and_writes_nothing(planned: Planner) -> None:
    assert configuration(planned, use="cache")[1:5] == [
        "appendonly no", 'save ""', "maxmemory 300mb", "maxmemory-policy allkeys-lru",
    ]  # fmt: skip


def test_each_client_has_a_user_with_its_keys_and_a_password_of_its_own(planned: Planner) -> None:
    lines = configuration(planned, clients=CLIENTS)
    assert "user api on >${password.redis-api} resetkeys resetchannels ~cache:* ~rate:* +@all -@admin" in lines[2]
    assert "%R~cache:* &* +@read" in lines[3]
    plan = planned(services={"redis": {"host": "local", "redis": {"clients": CLIENTS}}})
    assert {"redis", "redis-api", "redis-viewer"} <= set(password_names(plan))


@pytest.mark.parametrize(
    ("services", "path"),
    [
        ({"qdrant": {"host": "local", "redis": {"use": "cache"}}}, "services.qdrant.redis"),
        ({"redis": {"host": "local", "redis": {"clients": {"default": {"keys": ["*"]}}}}}, "redis.clients.default"),
        ({"redis": {"host": "local", "redis": {"clients": {"api": {"keys": ["a b"]}}}}}, "redis.clients.api.keys.0"),
        ({"redis": {"host": "local", "redis": {"clients": {"api": {"keys": []}}}}}, "redis.clients.api.keys"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(planned: Planner, services: dict[str, Any], path: str) -> None:
    with pytest.raises(SettingsError, match=path):
        planned(services=services)
