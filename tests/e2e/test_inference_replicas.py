"""Two replicas behind the balancer of the plan: both work, one may go at any time, and refusals stay readable."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import docker
import pytest
import requests
from docker.models.networks import Network

from planning.build import build
from planning.plan import Container
from settings.load import load
from tests.e2e.inference_container import LABELS, Service, address, lonely_network
from toolchain.image_references import recorded_references

HOST = {"kind": "local", "address": "127.0.0.1", "cpus": 4, "memory_gb": 16, "disk_gb": 50}
ALIAS = "embed-replicas"
PORT = 5555
"""Of the service, by which callers in its network know it."""
DEADLINE_SECONDS = 60


def planned_balancer() -> Container:
    raw = {"hosts": {"local": HOST}, "services": {"embed": {"host": "local", "replicas": 2}}}
    service = build(load("test", raw, "Pulumi.test.yaml"), recorded_references()).service("embed")
    assert service.replicas
    return service.replicas.balancer


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with lonely_network("inference-replicas") as made:
        yield made


@pytest.fixture(scope="module")
def replicas(network: Network) -> Iterator[list[Service]]:
    made = [Service(network, "embed", THREADS="1", CACHE_BYTES="0") for _ in range(2)]
    for one in made:
        network.disconnect(one.container)
        network.connect(one.container, aliases=[ALIAS])
    yield [one.until_ready() for one in made]
    for one in made:
        one.remove()


@pytest.fixture(scope="module")
def url(network: Network, replicas: list[Service]) -> Iterator[str]:
    plan, client = planned_balancer(), docker.from_env(timeout=60)
    container = client.containers.run(
        plan.image, list(plan.command), entrypoint=list(plan.entrypoint), environment=list(plan.environment),
        detach=True, network=network.name, mem_limit="128m", read_only=plan.read_only, cap_drop=["ALL"],
        tmpfs=dict.fromkeys(plan.tmpfs, "mode=1777"), security_opt=["no-new-privileges"], labels=LABELS,
    )  # fmt: skip
    found = f"http://{address(container)}:{PORT}"
    try:
        until(lambda: requests.get(f"{found}/ready", timeout=5).ok, container)
        yield found
    finally:
        container.remove(force=True, v=True)
        client.close()


def until(true: Any, container: Any) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        try:
            if true():
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    pytest.fail(f"not so after {DEADLINE_SECONDS} s:\n{container.logs(tail=20).decode()}")


def answered(replica: Service) -> float:
    text = requests.get(f"{replica.url}/metrics", timeout=10).text
    lines = [line for line in text.splitlines() if line.startswith('inference_requests_total{route="/embed"')]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def test_both_replicas_work_even_for_one_client_with_one_connection(url: str, replicas: list[Service]) -> None:
    with requests.Session() as session:
        vectors = [
            session.post(f"{url}/embed", json={"text": "red"}, timeout=30).json()["embedding"] for _ in range(40)
        ]
    assert all(vector == vectors[0] for vector in vectors)
    assert min(answered(replica) for replica in replicas) >= 4


def test_a_killed_replica_costs_no_request_and_comes_back_to_its_share(url: str, replicas: list[Service]) -> None:
    victim = replicas[0]

    def ask(number: int) -> int:
        if number == 40:
            victim.container.reload()
            os.kill(victim.container.attrs["State"]["Pid"], 9)
        return requests.post(f"{url}/embed", json={"text": f"{number} " + "red " * 40}, timeout=60).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(300))) == {200}
    victim.until_ready()
    until(lambda: requests.post(f"{url}/embed", json={"text": "red"}, timeout=30).ok and answered(victim) > 0,
          victim.container)  # fmt: skip


def test_a_body_that_no_replica_takes_is_refused_as_they_refuse_it(url: str) -> None:
    answer = requests.post(f"{url}/embed", data=b"x" * 5_000_000, timeout=30)
    assert answer.status_code == 413
    assert "send it in parts" in answer.json()["detail"]


def test_without_any_replica_the_answer_is_a_503_that_says_when_to_come_back(url: str, replicas: list[Service]) -> None:
    for replica in replicas:
        replica.container.stop(timeout=5)
    answer = requests.post(f"{url}/embed", json={"text": "red"}, timeout=60)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.headers["content-type"] == "application/json"
    assert "no replica" in answer.json()["detail"]
