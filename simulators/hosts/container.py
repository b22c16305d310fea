"""The container of a simulated machine."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable
from typing import Any

import docker
from docker.errors import ImageNotFound
from docker.models.containers import Container

from simulators.hosts.identity import Identity, public
from simulators.hosts.kind import Kind
from simulators.hosts.specification import SimulatorError, Specification

NAME_LABEL = "ai-platform.simulator"
FINGERPRINT_LABEL = "ai-platform.simulator.fingerprint"


def create(engine: docker.DockerClient, specification: Specification, keys: Identity) -> Container:
    """Create, not start, the container and put the keys into it. Raises SimulatorError."""
    api = engine.api
    bindings: dict[int | str, Any] = {inside: (specification.address, here) for here, inside in specification.publish}
    limits = machine_config(
        api,
        specification.kind.withheld,
        port_bindings=bindings,
        restart_policy={"Name": specification.kind.restart},
    )
    try:
        made = api.create_container(
            specification.image,
            name=specification.container,
            hostname=specification.name,
            ports=list(bindings),
            labels={NAME_LABEL: specification.name, FINGERPRINT_LABEL: specification.fingerprint},
            host_config=limits,
        )
    except ImageNotFound as missing:
        raise SimulatorError(
            f"image {specification.image} is not in the engine; "
            f"build it: python -m toolchain.images {specification.kind.name}"
        ) from missing
    container = engine.containers.get(made["Id"])
    container.put_archive("/", _keys_archive(keys, specification.kind))
    return container


def machine_config(api: docker.APIClient, withheld: Iterable[str], **more: Any) -> dict[str, Any]:
    """The engine's settings of a container that is a whole machine: it may run systemd and an engine of its own.

    withheld: capabilities that it does not get.
    """
    config: dict[str, Any] = api.create_host_config(
        # What a nested engine needs, without --privileged: that would also ask for SYS_RESOURCE.
        cap_add=["ALL"],
        cap_drop=["SYS_RESOURCE", *withheld],
        security_opt=["seccomp=unconfined", "apparmor=unconfined"],
        # Its own tree of control groups, as a machine has; systemd as the first process needs it.
        cgroupns="private",
        # Room for what PostgreSQL's workers share while they build an index; Docker's own 64 MB are no machine's.
        shm_size="2g",
        **more,
    )
    return config | {"MaskedPaths": [], "ReadonlyPaths": []}


def _keys_archive(keys: Identity, kind: Kind) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        host_key = keys.host_key.read_bytes()
        add_file(tar, "etc/ssh/ssh_host_ed25519_key", host_key)
        authorized = public(keys.client_key).encode() + b"\n"
        add_file(tar, f"{kind.home}/.ssh/authorized_keys", authorized, owner=kind.owner)
    return archive.getvalue()


def add_file(
    tar: tarfile.TarFile, path: str, content: bytes, owner: tuple[int, int] = (0, 0), mode: int = 0o600
) -> None:
    """Puts a file into an archive."""
    member = tarfile.TarInfo(path)
    member.size = len(content)
    member.mode = mode
    member.uid, member.gid = owner
    tar.addfile(member, io.BytesIO(content))
