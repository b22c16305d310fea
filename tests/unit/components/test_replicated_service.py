"""Replicas of a service as Pulumi is asked for them."""

from __future__ import annotations

import json

import pytest

from .conftest import Planner
from .engine import Registrations
from .test_services import bring_up

NAMES = ("embed", "embed-2", "embed-balancer")


@pytest.fixture
def made(planned: Planner) -> Registrations:
    return bring_up(planned(services={"embed": {"host": "local", "replicas": 2}, "redis": {"host": "local"}}))


def test_only_the_balancer_has_the_port_and_the_name_of_the_service(made: Registrations) -> None:
    aliases = {name: made.container(name).inputs["networksAdvanced"][0]["aliases"] for name in NAMES}
    assert aliases == {"embed": ["embed-replicas"], "embed-2": ["embed-replicas"], "embed-balancer": ["embed"]}
    published = [(one.name, port) for one in made.of_kind(":Container") for port in one.inputs.get("ports") or []]
    ((name, port),) = (one for one in published if one[0] != "redis")
    assert (name, port["external"], port["internal"]) == ("embed-balancer", 5555, 8080)


def test_replicas_come_one_after_the_other_and_the_balancer_last(made: Registrations) -> None:
    assert "embed" in made.container("embed-2").depends_on
    assert {"embed", "embed-2"} <= made.container("embed-balancer").depends_on


def test_replicas_share_model_volume_secrets_and_rehearsal(made: Registrations) -> None:
    first, second = made.container("embed").inputs, made.container("embed-2").inputs
    assert first["mounts"] == second["mounts"]
    own = {one.name for one in made.made if one.kind.startswith(("docker:", "command:")) and "embed" in one.name}
    assert own == {*NAMES, "embed-models", "embed-secrets", "embed-rehearsal"}
    assert "uploads" not in second or not second["uploads"]


def test_the_balancer_is_as_confined_as_every_container_and_its_configuration_no_secret(made: Registrations) -> None:
    balancer = made.container("embed-balancer").inputs
    assert balancer["readOnly"] is True
    assert balancer["capabilities"] == {"drops": ["ALL"]}
    assert "generated-for" not in json.dumps(balancer)


def test_what_needs_the_service_waits_for_its_balancer(planned: Planner) -> None:
    chat = {name: {"host": "local"} for name in ("postgres", "ollama", "rerank", "open-webui")}
    made = bring_up(planned(services={**chat, "embed": {"host": "local", "replicas": 2}}))
    assert set(NAMES) <= made.container("open-webui").depends_on


def test_one_more_replica_changes_neither_the_first_nor_the_balancer(planned: Planner) -> None:
    two, three = (bring_up(planned(services={"embed": {"host": "local", "replicas": count}})) for count in (2, 3))
    for name in NAMES:
        assert two.container(name).inputs == three.container(name).inputs
    assert "embed-3" in {one.name for one in three.of_kind(":Container")}
