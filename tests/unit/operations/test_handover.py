from typing import Any

from operations.handover import in_the_way
from planning.build import build
from planning.plan import Plan
from settings.load import load

LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}


def plan(**services: Any) -> Plan:
    raw = {"hosts": {"local": LOCAL}, "services": services}
    return build(load("test", raw, "Pulumi.test.yaml"), {"inference": "ai-platform/inference:1"})


def container(name: str, port: int | None = None, address: str = "127.0.0.1") -> dict[str, Any]:
    ports = [{"ip": address, "external": float(port), "internal": 1}] if port else []
    return {"inputs": {"name": f"ai-platform-test-{name}", "ports": ports}}


REPLICATED = [container("embed"), container("embed-2"), container("embed-balancer", 5555)]


def test_a_balancer_that_is_no_longer_wanted_leaves_its_port_to_the_service() -> None:
    one = plan(embed={"host": "local"})
    assert in_the_way(one, "local", REPLICATED) == {"ai-platform-test-embed-balancer": "embed"}


def test_nobody_is_removed_for_the_balancer_that_comes_or_stays() -> None:
    two = plan(embed={"host": "local", "replicas": 2})
    assert in_the_way(two, "local", [container("embed", 5555)]) == {}
    assert in_the_way(two, "local", REPLICATED) == {}


def test_a_renamed_service_takes_over_the_port_of_its_old_name() -> None:
    renamed = plan(cache={"kind": "redis", "host": "local"})
    assert in_the_way(renamed, "local", [container("redis", 6379)]) == {"ai-platform-test-redis": "cache"}


def test_a_container_that_leaves_without_a_port_that_anybody_wants_is_left_to_the_engine() -> None:
    left = [container("old", 1), container("far", 6379, address="127.0.0.9")]
    assert in_the_way(plan(redis={"host": "local"}), "local", left) == {}
