"""Start, stop and list simulated machines. Safe to repeat, and to run again after an interruption."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import docker
from docker.errors import APIError, DockerException, NotFound
from docker.models.containers import Container

from simulators.hosts.container import FINGERPRINT_LABEL, NAME_LABEL, create
from simulators.hosts.identity import Identity, forget, identity
from simulators.hosts.login import wait_for_login
from simulators.hosts.ports import require_free
from simulators.hosts.specification import SimulatorError, Specification, container_name


@dataclass(frozen=True)
class Row:
    """One line of the list: name, state of the container, and its published ports."""

    name: str
    state: str
    ports: str


def start(specification: Specification) -> Identity:
    """Have the machine run as specified and a login work; nothing is done when that is so already.

    A container made from another specification is replaced: what was inside is lost. Raises SimulatorError.
    """
    keys = identity(specification.name, specification.address, specification.ssh_port)
    with _engine() as engine:
        container = _find(engine, specification.name)
        if container is not None and container.labels.get(FINGERPRINT_LABEL) != specification.fingerprint:
            print(f"simulator {specification.name}: replaced, its image or its ports have changed", flush=True)
            container.remove(force=True, v=True)
            container = None
        if container is None or container.status != "running":
            require_free(specification, engine)
            container = container or create(engine, specification, keys)
            container.start()
        wait_for_login(specification, keys, lambda: _runs(container))
    return keys


def stop(name: str, *, purge: bool = False) -> bool:
    """Remove the container and the engine data inside; with `purge` the keys too. False when there was none."""
    with _engine() as engine:
        container = _find(engine, name)
        if container is not None:
            container.remove(force=True, v=True)
    if purge:
        forget(name)
    return container is not None


def status() -> list[Row]:
    """Every simulated machine that has a container."""
    with _engine() as engine:
        return [_row(container) for container in engine.containers.list(all=True, filters={"label": NAME_LABEL})]


def _row(container: Container) -> Row:
    ports = [
        f"{binding['HostIp']}:{binding['HostPort']}->{inside.removesuffix('/tcp')}"
        for inside, bindings in container.ports.items()
        for binding in bindings or []
    ]
    return Row(container.labels[NAME_LABEL], container.status, " ".join(ports))


def _runs(container: Container) -> bool:
    container.reload()
    return bool(container.status == "running")


def _find(engine: docker.DockerClient, name: str) -> Container | None:
    try:
        return engine.containers.get(container_name(name))
    except NotFound:
        return None


@contextmanager
def _engine() -> Iterator[docker.DockerClient]:
    try:
        engine = docker.from_env(timeout=120)
    except DockerException as problem:
        raise SimulatorError(f"no Docker engine answers: {problem}. Try: docker info") from problem
    try:
        yield engine
    except APIError as problem:
        raise SimulatorError(f"the Docker engine refused: {problem.explanation}") from problem
    finally:
        engine.close()
