"""What a machine that is gone takes with it out of the state, and what stays although its name looks alike."""

from __future__ import annotations

from typing import Any

import pytest

from operations.lost_host import lost, without
from planning.plan import Plan

from .conftest import LOCAL, Planner, mac

PREFIX = "urn:pulumi:test::ai-platform::"
CONTAINER, VOLUME = "docker:index/container:Container", "docker:index/volume:Volume"


def urn(component: str, kind: str, name: str) -> str:
    return f"{PREFIX}ai-platform:index:{component}${kind}::{name}"


def child(component: str, owner: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
    parent = f"{PREFIX}ai-platform:index:{component}::{owner}"
    return {"urn": urn(component, kind, name), "type": kind, "parent": parent, **more}


REDIS = urn("ServiceContainer", CONTAINER, "redis")
OTHER_REDIS = urn("ServiceContainer", CONTAINER, "redis-mini")
ROLE = urn("MacMini", "command:remote:Command", "mini-role")
STATE = [
    {"urn": f"{PREFIX}pulumi:pulumi:Stack::ai-platform-test", "type": "pulumi:pulumi:Stack"},
    {"urn": f"{PREFIX}ai-platform:index:MacMini::mini", "parent": f"{PREFIX}pulumi:pulumi:Stack::ai-platform-test"},
    child("MacMini", "mini", "command:remote:Command", "mini-role"),
    {"urn": f"{PREFIX}pulumi:providers:docker::docker-mini", "propertyDependencies": {"host": [ROLE]}},
    child("DockerHost", "mini", "docker:index/network:Network", "mini-network"),
    child("ServiceContainer", "redis", CONTAINER, "redis", dependencies=[ROLE]),
    child("ServiceContainer", "redis", VOLUME, "redis-data"),
    child("ServiceContainer", "redis", "ai-platform:index:LiveFiles", "redis-live"),
    child("ServiceContainer$ai-platform:index:LiveFiles", "redis-live", "command:local:Command", "redis-live-apply"),
    child("OllamaModels", "ollama-native-models", "command:local:Command", "ollama-native-models-pull"),
    child("DockerHost", "mini-two", "docker:index/network:Network", "mini-two-network"),
    child("ServiceContainer", "redis-mini", CONTAINER, "redis-mini"),
    child("ServiceContainer", "redis-mini", VOLUME, "redis-mini-data"),
    child("Passwords", "passwords", "random:index/randomPassword:RandomPassword", "passwords-redis"),
    child(
        "ServiceContainer", "open-webui", CONTAINER, "open-webui",
        dependencies=[REDIS, OTHER_REDIS], propertyDependencies={"image": [], "envs": [REDIS, OTHER_REDIS]},
    ),
]  # fmt: skip


@pytest.fixture
def plan(planned: Planner) -> Plan:
    return planned(
        hosts={"local": LOCAL, "mini": mac("10.0.0.12"), "mini-two": mac("10.0.0.13")},
        services={
            "redis": {"host": "mini"},
            "ollama-native": {"host": "mini"},
            "redis-mini": {"kind": "redis", "host": "mini-two"},
        },
    )


def test_only_what_stood_on_the_host_is_forgotten(plan: Plan) -> None:
    """A service `redis` on the lost host must not take `redis-mini` on another one with it."""
    assert {name.rpartition("::")[2] for name in lost(STATE, plan, "mini")} == {
        "mini-role", "mini-network", "redis", "redis-data", "redis-live", "redis-live-apply",
        "ollama-native-models-pull",
    }  # fmt: skip


def test_services_elsewhere_stay_known_though_they_depended_on_it(plan: Plan) -> None:
    """A container that runs, and that nobody knows any more, would hold its name and port against the next `up`."""
    kept = without(STATE, lost(STATE, plan, "mini"))
    (page,) = (one for one in kept if one["urn"].endswith("::open-webui"))
    assert page["dependencies"] == [OTHER_REDIS]
    assert page["propertyDependencies"] == {"image": [], "envs": [OTHER_REDIS]}


def test_nothing_that_stays_refers_to_what_is_gone(plan: Plan) -> None:
    gone = lost(STATE, plan, "mini")
    kept = without(STATE, gone)
    assert len(kept) == len(STATE) - len(gone)
    assert not any(repr(name) in repr(one) for name in gone for one in kept)


def test_the_state_of_others_is_not_touched_when_nothing_is_lost(plan: Plan) -> None:
    assert lost(STATE, plan, "local") == set()
    assert without(STATE, set()) == STATE
