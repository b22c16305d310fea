"""What is wrong with rented machines: among which hosts they stand, and of which sizes they can be had."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.gpu import MEMORY_STEPS_GB
from settings.host import Host
from settings.problem import Problem


def rented_hosts(environment: Environment) -> Iterator[Problem]:
    """Problems of the hosts of `kind: gpu_vm`."""
    others = [name for name, host in environment.hosts.items() if not host.rented]
    for name, host in environment.hosts.items():
        if not host.rented:
            continue
        path = f"hosts.{name}"
        if others:
            yield Problem(
                path=f"{path}.kind",
                value=host.kind,
                cause=f"a stack rents all of its machines or none, and this one has {', '.join(sorted(others))}",
                remedy=f"move it to a stack of its own: Pulumi.{environment.name}-{name}.yaml",
            )
        if len({other.simulated for other in environment.hosts.values() if other.rented}) > 1:
            yield Problem(
                path=f"{path}.simulated",
                value=str(host.simulated).lower(),
                cause="a stack rents from one account: a real one or a simulated one",
                remedy="set `simulated` at all of its machines, or at none",
            )
        yield from _login(path, host)
        yield from _size(path, host)


def _login(path: str, host: Host) -> Iterator[Problem]:
    if host.ssh is None:
        yield Problem(
            path=f"{path}.ssh",
            value="",
            cause="a rented machine is reached over SSH, with a key that is put on it when it is made",
            remedy="add `ssh: {identity_file: ~/.ssh/ai-platform}`",
        )
    elif host.ssh.model_fields_set & {"port", "known_hosts_file"}:
        yield Problem(
            path=f"{path}.ssh",
            value="",
            cause="the port changes with every start, and the host key is made by us",
            remedy="leave `port` and `known_hosts_file` out",
        )
    for key in ("address", "publish_address"):
        if getattr(host, key) is not None:
            yield Problem(
                path=f"{path}.{key}",
                value=str(getattr(host, key)),
                cause="a rented machine gets its address when it starts; its services listen on its own 127.0.0.1",
                remedy="remove it",
            )


def _size(path: str, host: Host) -> Iterator[Problem]:
    if host.cpus % 2:
        yield Problem(
            path=f"{path}.cpus",
            value=f"{host.cpus:g}",
            cause="TensorDock rents processors in steps of 2",
            remedy="use an even number",
        )
    if host.memory_gb not in MEMORY_STEPS_GB:
        near = sorted(sorted(MEMORY_STEPS_GB, key=lambda step: abs(step - host.memory_gb))[:2])
        yield Problem(
            path=f"{path}.memory_gb",
            value=f"{host.memory_gb:g}",
            cause="TensorDock rents memory in steps: up to 10 GB in twos, from 16 GB on in steps of 16",
            remedy=f"use {near[0]} or {near[1]}",
        )
    if host.disk_gb % 1:
        yield Problem(
            path=f"{path}.disk_gb",
            value=f"{host.disk_gb:g}",
            cause="TensorDock rents whole gigabytes of disk",
            remedy="use a whole number",
        )
    if host.gpu and host.gpu.cap_usd < host.gpu.hourly_usd:
        yield Problem(
            path=f"{path}.gpu.max_hourly_usd",
            value=f"{host.gpu.cap_usd:g}",
            cause=f"is less than the expected price of ${host.gpu.hourly_usd:g} an hour",
            remedy="raise it, or lower `hourly_usd`",
        )
