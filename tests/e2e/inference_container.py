"""The inference image under the platform's own restrictions, on a network that leads nowhere."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import docker
import pytest
import requests
from docker.models.networks import Network

from toolchain.image_references import recorded_references

MEMORY = "1g"
READY_SECONDS = 90
LABELS = {"ai-platform.test": "inference-service"}


@contextmanager
def lonely_network(name: str) -> Iterator[Network]:
    """A network without a way out; this machine reaches its containers by their addresses."""
    client = docker.from_env(timeout=60)
    made = client.networks.create(f"ai-platform-test-{name}-{os.getpid()}", internal=True)
    try:
        yield made
    finally:
        made.remove()
        client.close()


def address(container: Any) -> str:
    """The container's only address, after every restart a new one."""
    container.reload()
    (joined,) = container.attrs["NetworkSettings"]["Networks"].values()
    return str(joined["IPAddress"])


class Service:
    """Embed or rerank, with a root file system that cannot be written."""

    def __init__(self, network: Network, *command: str, **environment: str) -> None:
        self.client = docker.from_env(timeout=60)
        self.container = self.client.containers.run(
            recorded_references()["inference"], list(command), detach=True, network=network.name,
            environment=environment, mem_limit=MEMORY, memswap_limit=MEMORY, nano_cpus=2_000_000_000, read_only=True,
            tmpfs={"/tmp": "mode=1777"}, cap_drop=["ALL"], security_opt=["no-new-privileges"], user="10001:10001",
            restart_policy=cast(Any, {"Name": "unless-stopped"}), labels=LABELS,
        )  # fmt: skip
        self.port = 5556 if command == ("rerank",) else 5555

    @property
    def url(self) -> str:
        return f"http://{address(self.container)}:{self.port}"

    def until_ready(self) -> "Service":
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/ready", timeout=5).ok:
                    return self
            except (requests.RequestException, ValueError):
                pass
            time.sleep(0.1)
        pytest.fail(f"not ready after {READY_SECONDS} s:\n{self.container.logs(tail=20).decode()}")

    def post(self, path: str, body: Any, **values: Any) -> requests.Response:
        return requests.post(f"{self.url}{path}", json=body, timeout=60, **values)

    def remove(self) -> None:
        self.container.remove(force=True, v=True)
        self.client.close()
