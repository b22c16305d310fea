"""What a service makes use of where it is there, and does without where it is not."""

from typing import Any

import pytest

from planning.passwords import password_names
from planning.plan import Container
from settings.problem import SettingsError

from .conftest import LOCAL, MAC, Planner

EMBED, REDIS = {"host": "local"}, {"kind": "redis", "host": "local"}
NATIVE = {"kind": "redis-native", "host": "mini", "port": 6380}


def embed(planned: Planner, hosts: dict[str, Any] | None = None, **services: Any) -> Container:
    sections = {"hosts": hosts} if hosts else {}
    container = planned(services={"embed": EMBED, **services}, **sections).service("embed").container
    assert container
    return container


def cache(container: Container) -> list[str]:
    return [entry for entry in container.environment if entry.startswith("CACHE_")]


def test_the_redis_of_the_same_host_is_used_with_its_password_as_a_file(planned: Planner) -> None:
    container = embed(planned, redis=EMBED)
    assert cache(container) == ["CACHE_PASSWORD_FILE=/run/secrets/redis_password", "CACHE_URL=redis://redis:6379/1"]
    assert [(file.path, file.template) for file in container.files] == [
        ("/run/secrets/redis_password", "${password.redis}")
    ]


def test_embed_and_rerank_have_a_database_each(planned: Planner) -> None:
    plan = planned(services=dict.fromkeys(("embed", "rerank", "redis"), EMBED))
    used = [cache(service.container)[1] for service in plan.services if service.container and service.kind != "redis"]
    assert len(set(used)) == 2
    assert not any(entry.endswith("/0") for entry in used)


def test_a_dead_redis_neither_degrades_the_service_nor_holds_it_up(planned: Planner) -> None:
    plan = planned(services={"embed": EMBED, "redis": EMBED})
    (endpoint,) = (one for one in plan.endpoints if one["name"] == "embed")
    assert endpoint["needs"] == []
    assert plan.service("embed").needs == ()


@pytest.mark.parametrize(
    "services",
    [{}, {"one": {**REDIS, "port": 1}, "two": REDIS}, {"redis-mini": {"kind": "redis", "host": "mini"}}],
    ids=["none", "two of them", "on another host"],
)
def test_without_one_redis_on_its_host_the_service_is_as_before(planned: Planner, services: dict[str, Any]) -> None:
    container = embed(planned, {"local": LOCAL, "mini": MAC}, **services)
    assert cache(container) == []
    assert container.files == ()


def test_a_redis_is_chosen_by_name_also_on_another_host_and_also_a_native_one(planned: Planner) -> None:
    chosen = {**EMBED, "uses": {"redis": "two"}}
    assert (
        "CACHE_URL=redis://two:6379/1" in embed(planned, embed=chosen, one={**REDIS, "port": 1}, two=REDIS).environment
    )
    hosts = {"local": {**LOCAL, "address": "10.0.0.11"}, "mini": MAC}
    assert "CACHE_URL=redis://10.0.0.12:6380/1" in embed(planned, hosts, embed=chosen, two=NATIVE).environment


def test_the_settings_of_the_service_have_the_last_word(planned: Planner) -> None:
    container = embed(planned, embed={**EMBED, "environment": {"CACHE_URL": ""}}, redis=EMBED)
    assert "CACHE_URL=" in container.environment


def test_a_chosen_redis_that_is_not_there_is_a_mistake(planned: Planner) -> None:
    with pytest.raises(SettingsError, match=r"services\.embed\.uses\.redis = rediss[\s\S]*did you mean `redis`"):
        planned(services={"embed": {**EMBED, "uses": {"redis": "rediss"}}, "redis": EMBED})


def test_a_redis_that_only_serves_embed_has_a_password_all_the_same(planned: Planner) -> None:
    services = {"embed": {"host": "mini"}, "cache": NATIVE}
    assert password_names(planned(hosts={"mini": MAC}, services=services)) == ["redis"]
