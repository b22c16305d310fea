"""Which ports a plan cannot have."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator

import pytest

from operations import ports
from operations.ports import taken_ports

from .conftest import Planner, mac


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A port of 127.0.0.1 that this process listens on, in an environment that runs nothing yet."""
    monkeypatch.setattr(ports, "published_ports", lambda environment: set())
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_port_that_another_process_holds_is_named_with_its_service(planned: Planner, listener: int) -> None:
    (taken,) = taken_ports(planned(services={"redis": {"host": "local", "port": listener}}))
    assert (taken.service, taken.address, taken.port) == ("redis", "127.0.0.1", listener)
    if shutil.which("ss"):
        assert f"(process {os.getpid()})" in taken.holder


def test_a_port_of_our_own_container_is_not_taken(
    planned: Planner, listener: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "published_ports", lambda environment: {("127.0.0.1", listener)})
    assert taken_ports(planned(services={"redis": {"host": "local", "port": listener}})) == []


def test_the_same_port_of_another_address_is_free(planned: Planner, listener: int) -> None:
    hosts = {"local": {"kind": "local", "address": "127.0.0.3", "cpus": 8, "memory_gb": 64, "disk_gb": 500}}
    assert taken_ports(planned(hosts=hosts, services={"redis": {"host": "local", "port": listener}})) == []


def test_the_process_on_the_port_of_another_address_is_not_blamed(planned: Planner, listener: int) -> None:
    if not shutil.which("ss"):
        pytest.skip("only `ss` can tell who holds a port")
    with socket.socket() as other:
        other.bind(("127.0.0.3", listener))
        other.listen()
        assert f"(process {os.getpid()})" in ports.holder("127.0.0.1", listener)
        assert ports.holder("127.0.0.4", listener) == "another process"


def test_whoever_listens_on_every_address_is_named(planned: Planner) -> None:
    if not shutil.which("ss"):
        pytest.skip("only `ss` can tell who holds a port")
    with socket.socket() as holder:
        holder.bind(("0.0.0.0", 0))
        holder.listen()
        assert f"(process {os.getpid()})" in ports.holder("127.0.0.1", holder.getsockname()[1])


def test_ports_of_other_machines_are_not_looked_for_here(planned: Planner, listener: int) -> None:
    plan = planned(hosts={"mini": mac("127.0.0.1")}, services={"redis": {"host": "mini", "port": listener}})
    assert taken_ports(plan) == []


def test_an_address_that_is_not_here_is_left_for_docker_to_report(planned: Planner, listener: int) -> None:
    hosts = {"local": {"kind": "local", "address": "192.0.2.7", "cpus": 8, "memory_gb": 64, "disk_gb": 500}}
    assert taken_ports(planned(hosts=hosts, services={"redis": {"host": "local"}})) == []
