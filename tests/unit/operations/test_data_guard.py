"""What counts as data that a plan lets go of, and what an engine says about data that is no longer there."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from operations.data_guard.guard import guard_data, guard_plan
from operations.data_guard.held import held_volumes
from operations.data_guard.released import released
from operations.data_guard.vanished import EMPTY, GONE, MADE_ANEW, filled, vanished
from operations.docker_cli import DockerCli
from operations.failure import Failure
from planning.build import build
from planning.plan import Plan
from settings.load import load
from settings.stack_file import read

from .conftest import LOCAL, Planner, mac

RECORDED = Path(__file__).parents[2] / "upgrade" / "recorded" / "0.1.0"
PREFIX = "urn:pulumi:test::ai-platform::"
VOLUME, CONTAINER = "docker:index/volume:Volume", "docker:index/container:Container"
SERVICES: dict[str, Any] = {
    "redis": {"host": "mini"},
    "postgres": {"host": "mini"},
    "redis-two": {"kind": "redis", "host": "local"},
}
HOSTS = {"local": LOCAL, "mini": mac("10.0.0.12")}


def volume(service: str, part: str, host: str, **more: Any) -> dict[str, Any]:
    name = f"ai-platform-test-{service}-{part}"
    labels = {"ai-platform.environment": "test", "ai-platform.service": service}
    return {
        "urn": f"{PREFIX}ai-platform:index:ServiceContainer${VOLUME}::{service}-{part}", "type": VOLUME, "id": name,
        "parent": f"{PREFIX}ai-platform:index:ServiceContainer::{service}",
        "provider": f"{PREFIX}pulumi:providers:docker::docker-{host}::1",
        "inputs": {"name": name, "labels": [{"label": key, "value": value} for key, value in labels.items()]}, **more,
    }  # fmt: skip


def container(service: str, **more: Any) -> dict[str, Any]:
    parent = f"{PREFIX}ai-platform:index:ServiceContainer::{service}"
    return {"urn": f"{parent}-container", "type": CONTAINER, "id": "1", "parent": parent, **more}


def provider(name: str, **inputs: str) -> dict[str, Any]:
    kind = "pulumi:providers:docker"
    return {"urn": f"{PREFIX}{kind}::docker-{name}", "type": kind, "inputs": inputs}


STATE = [
    {"urn": f"{PREFIX}ai-platform:index:MacMini::mini", "type": "ai-platform:index:MacMini"},
    provider("local"),
    provider("mini", host="ssh://admin@10.0.0.12:22"),
    volume("redis", "data", "mini"),
    volume("postgres", "data", "mini"),
    volume("redis-two", "data", "local"),
    *(container(name) for name in SERVICES),
]


class Backend:
    """The engine's part that the guard uses."""

    def __init__(self, resources: list[dict[str, Any]] | None) -> None:
        self.resources = resources

    def exists(self) -> bool:
        return self.resources is not None

    def export(self) -> dict[str, Any]:
        return {"deployment": {"resources": list(self.resources or [])}}

    def replace_state(self, state: str) -> None:
        self.resources = json.loads(state)["deployment"]["resources"]


class Docker(DockerCli):
    """An engine with these volumes: {name: labels}, and their sizes as it writes them."""

    def __init__(self, there: dict[str, dict[str, str] | None], sizes: dict[str, str], fault: str = "") -> None:
        super().__init__(None, {})
        self.there, self.sizes, self.fault = there, sizes, fault

    def attempt(
        self, *arguments: str, stdin: bytes | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[bytes]:
        if self.fault:
            return subprocess.CompletedProcess(arguments, 1, b"[]\n", self.fault.encode())
        if arguments[0] == "system":
            listed = [{"Name": name, "Size": size} for name, size in self.sizes.items()]
            return subprocess.CompletedProcess(arguments, 0, json.dumps(listed).encode(), b"")
        asked = arguments[2:]
        found = [{"Name": name, "Labels": self.there[name]} for name in asked if name in self.there]
        faults = "\n".join(f"Error: No such volume: {name}" for name in asked if name not in self.there)
        return subprocess.CompletedProcess(arguments, int(bool(faults)), json.dumps(found).encode(), faults.encode())


@pytest.fixture
def plan(planned: Planner) -> Plan:
    return planned(hosts=HOSTS, services=SERVICES)


def names(resources: list[dict[str, Any]], plan: Plan) -> dict[str, str]:
    return {one.name: one.cause for one in released(resources, plan)}


def test_an_unchanged_plan_lets_go_of_nothing(plan: Plan) -> None:
    assert released(STATE, plan) == []
    assert released([], plan) == []


def test_the_state_of_an_earlier_version_is_understood() -> None:
    """As version 0.1.0 has written it, and as its own settings describe it."""
    resources = json.loads((RECORDED / "state.json").read_text())["deployment"]["resources"]
    parsed = read(RECORDED, "recorded")
    images = json.loads((RECORDED / "images.json").read_text())
    assert released(resources, build(parsed, images)) == []
    assert {one.service for one in held_volumes(resources)} >= {"postgres", "redis", "s3"}
    assert all(one.in_use and one.host == "local" for one in held_volumes(resources))
    less = parsed.environment.model_copy(
        update={"services": {"redis": parsed.environment.services["redis"]}, "routes": (), "edge": None}
    )
    plan = Plan(environment=less, hosts=less.hosts, services=(build(parsed, images).service("redis"),))
    assert {one.name for one in released(resources, plan)} >= {"postgres", "s3", "ollama"}
    assert "redis" not in {one.name for one in released(resources, plan)}


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        (
            {"services": {name: one for name, one in SERVICES.items() if name != "redis"}},
            {"redis": "the service redis is no longer in the plan"},
        ),
        (
            {"services": {**SERVICES, "redis": {"host": "local", "port": 7000}}},
            {"redis": "the service redis moves to local, where it would begin with nothing"},
        ),
        (
            {"services": {**SERVICES, "redis": {"kind": "embed", "host": "mini"}}},
            {"redis": "the service redis no longer has a volume data"},
        ),
        (
            {"hosts": {"local": LOCAL}, "services": {"redis-two": SERVICES["redis-two"]}},
            {"mini": "the host mini is no longer in the plan"},
        ),
        (
            {"hosts": {**HOSTS, "mini": mac("10.0.0.13")}},
            {"mini": "the host mini changes its address from 10.0.0.12 to 10.0.0.13"},
        ),
        (
            {"hosts": {**HOSTS, "mini": {**mac("10.0.0.12"), "kind": "linux"}}},
            {"mini": "the host mini changes from mac to linux"},
        ),
        ({"hosts": {**HOSTS, "mini": {**mac("10.0.0.12"), "memory_gb": 32}}}, {}),
    ],
)
def test_what_a_changed_plan_lets_go_of(planned: Planner, sections: dict[str, Any], expected: dict[str, str]) -> None:
    assert names(STATE, planned(**{"hosts": HOSTS, "services": SERVICES, **sections})) == expected


def test_a_machine_that_was_provisioned_does_not_go_in_silence_though_it_has_no_volume(planned: Planner) -> None:
    plan = planned(services={"redis-two": SERVICES["redis-two"]})
    assert names([one for one in STATE if one["type"] != VOLUME], plan) == {
        "mini": "the host mini is no longer in the plan"
    }


def test_a_refusal_names_what_goes_where_it_stays_and_the_flag(planned: Planner) -> None:
    backend = Backend([*STATE])
    plan = planned(hosts=HOSTS, services={"postgres": SERVICES["postgres"]})
    with pytest.raises(Failure) as refused:
        guard_plan(backend, plan, ["redis-two"])  # type: ignore[arg-type]
    assert "the service redis is no longer in the plan: ai-platform-test-redis-data on mini" in str(refused.value)
    assert "redis-two" not in str(refused.value)
    assert "scripts/up -s test --let-go redis" in str(refused.value)
    guard_plan(backend, plan, ["redis", "redis-two"])  # type: ignore[arg-type]
    assert backend.resources == STATE


def test_of_a_name_that_means_another_machine_the_records_go_with_consent(planned: Planner) -> None:
    backend = Backend([*STATE])
    guard_plan(backend, planned(hosts={**HOSTS, "mini": mac("10.0.0.13")}, services=SERVICES), ["mini"])  # type: ignore[arg-type]
    assert {one.host for one in held_volumes(backend.resources or [])} == {"local"}


def test_a_stack_that_is_not_there_yet_holds_nothing(plan: Plan) -> None:
    guard_plan(Backend(None), plan)  # type: ignore[arg-type]
    guard_data(Backend(None), plan)  # type: ignore[arg-type]
    guard_data(Backend([]), plan)  # type: ignore[arg-type]  # after `make down`, which keeps the volumes


def test_a_volume_that_is_gone_made_anew_or_empty_is_told_apart(plan: Plan) -> None:
    volumes = held_volumes(STATE)
    labels = {one.name: dict(one.labels) for one in volumes}
    full = filled(volumes, plan)
    assert full == set(labels)
    whole = Docker({**labels}, dict.fromkeys(labels, "88B"))
    assert vanished(whole, volumes, full) == []
    redis, postgres, other = (one.name for one in volumes)
    found = vanished(Docker({postgres: None, other: labels[other]}, {other: "0B"}), volumes, full)
    assert {one.volume.name: one.found for one in found} == {redis: GONE, postgres: MADE_ANEW, other: EMPTY}
    assert [one.found for one in vanished(Docker({**labels}, {other: "0B"}), volumes, ())] == []


def test_labels_of_others_beside_ours_do_no_harm(plan: Plan) -> None:
    volumes = held_volumes(STATE)
    there: dict[str, dict[str, str] | None] = {one.name: {**one.labels, "backup": "daily"} for one in volumes}
    assert vanished(Docker(there, {}), volumes, ()) == []


def test_an_engine_that_cannot_be_asked_has_lost_nothing(plan: Plan) -> None:
    with pytest.raises(Failure, match="connection refused"):
        vanished(Docker({}, {}, "error during connect: connection refused"), held_volumes(STATE), ())


def test_a_volume_may_be_empty_as_long_as_its_service_never_came_up(plan: Plan) -> None:
    volumes = [one for one in STATE if one["type"] == VOLUME]
    assert filled(held_volumes(volumes), plan) == set()
    failed = [*volumes, container("redis", initErrors=["not healthy"]), container("postgres")]
    assert filled(held_volumes(failed), plan) == {"ai-platform-test-postgres-data"}


def test_what_may_be_empty_is_not_expected_to_hold_anything() -> None:
    services: dict[str, Any] = {name: {"host": "local"} for name in ("s3", "embed")}
    services["redis"] = {"host": "local", "redis": {"use": "cache"}}
    images = {"inference": "ai-platform/inference:1"}
    resources = [
        volume("s3", "data", "local"),
        volume("embed", "models", "local"),
        volume("redis", "data", "local"),
        *map(container, services),
    ]

    def expected(**models: str) -> set[str]:
        raw = {"hosts": {"local": LOCAL}, "services": services, "models": models}
        return filled(held_volumes(resources), build(load("test", raw, "Pulumi.test.yaml"), images))

    assert expected() == set()
    assert expected(embedding="owner/model", embedding_revision="a" * 40) == {"ai-platform-test-embed-models"}


def test_a_volume_that_is_replaced_already_is_not_looked_for() -> None:
    assert held_volumes([volume("redis", "data", "mini", delete=True)]) == []
