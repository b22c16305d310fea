"""Ports of this machine: are they free, and who holds one that is not."""

from __future__ import annotations

import errno
import socket

import docker
import psutil

from simulators.hosts.specification import SimulatorError, Specification


def require_free(specification: Specification, engine: docker.DockerClient) -> None:
    """Raise SimulatorError naming every port that is taken and its holder."""
    taken = [here for here, _ in specification.publish if not _free(specification.address, here)]
    if taken:
        holders = "; ".join(f"port {port} is held by {_holder(port, engine)}" for port in taken)
        raise SimulatorError(
            f"simulator {specification.name} at {specification.address}: {holders}. "
            "Stop it, or choose another address or port"
        )


def _free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError:
            return True
        except OSError as problem:
            if problem.errno == errno.EADDRNOTAVAIL:
                raise SimulatorError(f"{address} is not an address of this machine") from problem
            return False
    return True


def _holder(port: int, engine: docker.DockerClient) -> str:
    for container in engine.containers.list(filters={"publish": str(port)}):
        return f"container {container.name}"
    for connection in psutil.net_connections("tcp"):
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port
        if listens and connection.pid:
            return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return "a process that this user may not see"
