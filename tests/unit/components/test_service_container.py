"""One container by itself, with what no entry of the catalogue asks for yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogue.definition import Healthcheck
from catalogue.load import definitions
from components.docker_access import DockerAccess
from components.rehearsal import wait_seconds
from components.service_args import ServiceContainerArgs
from components.service_container import ServiceContainer
from planning.plan import Container

from .conftest import Planner
from .engine import Registered, run


@pytest.fixture
def plan(planned: Planner) -> Container:
    container = planned(services={"embed": {"host": "local"}}).service("embed").container
    assert container
    return container


def registered(plan: Container) -> Registered:
    args = ServiceContainerArgs(
        environment="test",
        service="embed",
        port=5555,
        container=plan,
        image_id="sha256:1",
        network="ai-platform-test",
        files={},
        access=DockerAccess(url=None, ssh_options=()),
        after=[],
    )
    return run(lambda: ServiceContainer("embed", args)).container("embed")


def test_capabilities_are_added_as_docker_reads_them_back(plan: Container) -> None:
    """`CHOWN` reads back as `CAP_CHOWN`, and every preview would show a change."""
    container = registered(replace(plan, capabilities=("CAP_CHOWN",)))
    assert container.inputs["capabilities"] == {"drops": ["ALL"], "adds": ["CAP_CHOWN"]}
    for definition in definitions().values():
        assert all(capability.startswith("CAP_") for capability in definition.capabilities)


def test_durations_of_a_health_check_are_spelled_as_docker_reads_them_back(plan: Container) -> None:
    check = Healthcheck(test=("CMD", "true"), interval=90, timeout=5, start_period=3600)
    given = registered(replace(plan, healthcheck=check)).inputs["healthcheck"]
    assert (given["interval"], given["timeout"], given["startPeriod"]) == ("1m30s", "5s", "1h0m0s")


def test_a_dollar_in_a_health_check_is_a_dollar_in_the_container(plan: Container) -> None:
    check = Healthcheck(test=("CMD-SHELL", 'test "$$(id -u)" = 999'))
    assert registered(replace(plan, healthcheck=check)).inputs["healthcheck"]["tests"][1] == 'test "$(id -u)" = 999'


def test_a_container_without_a_health_check_is_not_waited_for(plan: Container) -> None:
    container = registered(replace(plan, healthcheck=None))
    assert container.inputs["wait"] is False
    assert "embed-rehearsal" not in container.depends_on


def test_patience_covers_the_slowest_start_that_the_health_check_allows() -> None:
    check = Healthcheck(test=("CMD", "true"), interval=10, start_period=60, retries=3)
    assert (wait_seconds(check) or 0) >= 60 + 3 * 10
    assert wait_seconds(None) is None
