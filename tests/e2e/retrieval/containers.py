"""Throw-away containers of the platform's own images, on ports of their own."""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import docker
import pytest
import requests
from docker.models.containers import Container

from toolchain.images import ensure_images

LABEL = "ai-platform.test"
READY_SECONDS = 90


@dataclass(frozen=True)
class Started:
    """A running container and where its port is published on this machine."""

    container: Container
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running(
    image: str, port: int, command: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Iterator[Started]:
    """Starts the image as the platform does: no new privileges, limited memory; removes it with its volumes.

    Half of the memory may be shared, as for the platform's Postgres: TRUNCATE builds a vector index anew, in parallel.
    """
    reference = ensure_images([image])[image]
    client = docker.from_env(timeout=60)
    container = client.containers.run(
        reference, list(command), detach=True, name=f"ai-platform-test-{image}-{secrets.token_hex(4)}",
        ports={f"{port}/tcp": ("127.0.0.1", 0)}, environment=dict(environment or {}), labels={LABEL: "retrieval"},
        mem_limit="1g", shm_size="512m", security_opt=["no-new-privileges"],
    )  # fmt: skip
    try:
        container.reload()
        published = container.ports[f"{port}/tcp"] or []
        yield Started(container, int(published[0]["HostPort"]))
    finally:
        container.remove(force=True, v=True)
        client.close()


def until_ready(started: Started) -> str:
    """The URL, once /ready answers 200."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{started.url}/ready", timeout=5).ok:
                return started.url
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    pytest.fail(f"not ready after {READY_SECONDS} s:\n{started.container.logs().decode()}")
