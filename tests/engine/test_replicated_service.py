"""Embed on the real engine and the real Docker: read-only, with the Redis of its host, and with replicas."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.engine.checkout import Checkout, docker
from tests.engine.test_platform import changes

SECONDS = 30
REPLICATED = ("embed", "embed-2", "embed-balancer")


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path / "checkout")
    made.serve("redis")
    made.serve("embed", cpus=1, memory_mb=768)
    try:
        yield made
    finally:
        made.destroy()


def inspected(checkout: Checkout, name: str) -> dict[str, Any]:
    (found,) = json.loads(docker("inspect", f"ai-platform-{checkout.stack}-{name}"))
    return dict(found)


def kept_results(checkout: Checkout) -> int:
    """How many the environment's Redis holds in the database of embed."""
    ask = 'REDISCLI_AUTH="$(cat /run/secrets/redis_password)" redis-cli -n 1 dbsize'
    return int(docker("exec", f"ai-platform-{checkout.stack}-redis", "sh", "-c", ask).split()[-1])


def embedded(port: int, text: str) -> bool:
    return requests.post(f"http://127.0.0.1:{port}/embed", json={"text": text}, timeout=SECONDS).ok


def test_read_only_replicas_share_redis_and_go_back_to_one_container(checkout: Checkout) -> None:
    port = checkout.serve("embed", replicas=2)
    checkout.up()
    found = {name: inspected(checkout, name) for name in REPLICATED}
    assert all(one["HostConfig"]["ReadonlyRootfs"] for one in found.values())
    assert [name for name, one in found.items() if one["HostConfig"]["PortBindings"]] == ["embed-balancer"]
    assert embedded(port, "kept in redis")
    deadline = time.monotonic() + SECONDS
    while kept_results(checkout) == 0 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert kept_results(checkout) == 1
    assert changes(checkout.up()) == []
    assert changes(checkout.run("pulumi", "preview", "-s", checkout.stack, "--refresh")) == []

    redis = inspected(checkout, "redis")["Id"]
    docker("kill", f"ai-platform-{checkout.stack}-embed-2")
    assert all(embedded(port, f"with one replica {number}") for number in range(10))
    checkout.serve("embed", replicas=1)
    checkout.up()
    assert embedded(port, "one again")
    assert inspected(checkout, "redis")["Id"] == redis
    running = docker("ps", "-q", "--filter", f"label=ai-platform.environment={checkout.stack}").split()
    assert len(running) == 2
    assert not [secret for secret in checkout.secrets() if secret in docker("inspect", *running)]
