"""Several containers of one service: what they share, what stands in front of them, and what is refused."""

import re

import pytest

from catalogue.balancer import BALANCER, CONFIGURATION
from catalogue.load import definitions
from planning.fit import fits
from planning.placement import place
from planning.plan import PlannedService
from settings.load import load
from settings.problem import SettingsError

from .conftest import LOCAL, Planner


def replicated(planned: Planner, **more: object) -> PlannedService:
    return planned(services={"embed": {"host": "local", "replicas": 3, **more}}).service("embed")


def test_replicas_are_alike_but_for_their_names_and_only_the_first_is_rehearsed(planned: Planner) -> None:
    service = replicated(planned)
    assert service.container and service.replicas
    first, (second, third) = service.container, service.replicas.further
    assert [one.name for one in (first, second, third)] == [
        "ai-platform-test-embed", "ai-platform-test-embed-2", "ai-platform-test-embed-3",
    ]  # fmt: skip
    assert {one.environment for one in (first, second, third)} == {first.environment}
    assert (first.rehearsed, second.rehearsed, third.rehearsed) == (True, False, False)
    assert len(service.containers) == 4


def test_the_balancer_asks_every_replica_and_takes_bodies_as_large_as_they_do(planned: Planner) -> None:
    balancer = replicated(planned, environment={"MAX_BODY_BYTES": "1048576"}).containers[-1]
    (configuration,) = balancer.environment
    assert "http://embed-replicas:5555;" in configuration
    assert "listen 5555;" in configuration
    assert "client_max_body_size 1048576;" in configuration
    assert "${" not in configuration
    assert "$$" not in configuration
    assert balancer.read_only
    assert balancer.image_name == "web"


def test_every_placeholder_of_the_balancer_is_one_that_is_filled() -> None:
    asked = {"balancer.replicas", "balancer.port", "balancer.body", "nginx.writable"}
    assert set(re.findall(r"\$\{([^}]*)\}", CONFIGURATION)) == asked
    assert BALANCER.kind not in definitions()


def test_one_container_has_no_balancer(planned: Planner) -> None:
    service = planned(services={"embed": {"host": "local", "replicas": 1}}).service("embed")
    assert service.replicas is None
    assert service == planned(services={"embed": {"host": "local"}}).service("embed")


def test_every_replica_takes_memory_of_its_host_and_the_model_lies_there_once() -> None:
    def allocated(replicas: int) -> tuple[float, float]:
        raw = {"hosts": {"local": LOCAL}, "services": {"embed": {"host": "local", "replicas": replicas}}}
        environment = load("test", raw, "Pulumi.test.yaml").environment
        memory, disk = fits(environment, place(environment, definitions(), frozenset())[0])
        return memory.allocated, disk.allocated

    (one, disk), (three, same) = allocated(1), allocated(3)
    assert three - one == pytest.approx(2 + BALANCER.memory_mb / 1024)
    assert same == disk


def test_a_service_that_owns_its_data_has_no_replicas(planned: Planner) -> None:
    with pytest.raises(SettingsError, match=r"services\.redis\.replicas = 2[\s\S]*cannot share one volume"):
        planned(services={"redis": {"host": "local", "replicas": 2}})


@pytest.mark.parametrize("name", ["embed-2", "embed-balancer", "embed-replicas"])
def test_a_service_cannot_be_named_like_a_replica_of_another(planned: Planner, name: str) -> None:
    services = {"embed": {"host": "local", "replicas": 2}, name: {"kind": "redis", "host": "local"}}
    with pytest.raises(SettingsError, match=f"named like another service: {name}"):
        planned(services=services)
