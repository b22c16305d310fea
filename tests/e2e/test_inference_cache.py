"""Replicas share what Redis keeps, and a Redis that is gone or stuck takes nothing away."""

import time
from collections.abc import Iterator
from typing import Any

import docker
import pytest
import requests
from docker.models.networks import Network

from tests.e2e.inference_container import LABELS, Service, address, lonely_network
from toolchain.image_references import recorded_references

PASSWORD = "for-tests-only"


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with lonely_network("inference-cache") as made:
        yield made


@pytest.fixture
def redis(network: Network) -> Iterator[Any]:
    client = docker.from_env(timeout=60)
    container = client.containers.run(
        recorded_references()["redis"], ["redis-server", "--requirepass", PASSWORD], detach=True, network=network.name,
        labels=LABELS, mem_limit="128m",
    )  # fmt: skip
    yield container
    container.remove(force=True, v=True)
    client.close()


@pytest.fixture
def replicas(network: Network, redis: Any) -> Iterator[list[Service]]:
    url = f"redis://:{PASSWORD}@{address(redis)}:6379/1"
    made = [Service(network, "embed", CACHE_URL=url, CACHE_BYTES="0") for _ in range(2)]
    yield [one.until_ready() for one in made]
    for one in made:
        one.remove()


def computed(service: Service) -> float:
    """How many texts the replica's own model has answered."""
    text = requests.get(f"{service.url}/metrics", timeout=10).text
    line = next(line for line in text.splitlines() if line.startswith('inference_cache_total{source="model"}'))
    return float(line.rsplit(" ", 1)[1])


def ask(service: Service, text: str, tenant: str = "") -> list[float]:
    answer = service.post("/embed", {"text": text}, headers={"x-tenant": tenant})
    assert answer.status_code == 200
    return list(answer.json()["embedding"])


def shared_text(first: Service, second: Service) -> str:
    """A text that the second has not computed itself. A loaded machine may miss the cache's short deadlines: once
    more then, with another text, after the rest that the service gives Redis."""
    for attempt in range(5):
        text = f"shared {attempt}"
        vector = ask(first, text)
        time.sleep(0.5)
        before = computed(second)
        assert ask(second, text) == vector
        if computed(second) == before:
            return text
        time.sleep(6)
    pytest.fail("the second computed every text that the first had computed before")


def test_what_one_replica_computed_the_other_need_not_and_tenants_stay_apart(replicas: list[Service]) -> None:
    first, second = replicas
    text = shared_text(first, second)
    before = computed(second)
    assert ask(second, text, tenant="other") == ask(first, text)
    assert computed(second) == before + 1


def test_a_stuck_and_a_dead_redis_cost_one_short_wait(replicas: list[Service], redis: Any) -> None:
    service = replicas[0]
    vector = ask(service, "red")
    redis.pause()
    started = time.monotonic()
    for number in range(20):
        ask(service, f"while stuck {number}")
    # Were each to wait for the second that a write may take, it would be twenty.
    assert time.monotonic() - started < 15
    redis.unpause()
    redis.kill()
    assert ask(service, "red") == pytest.approx(vector, abs=1e-6)
    assert requests.get(f"{service.url}/ready", timeout=10).status_code == 200
