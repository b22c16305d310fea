"""The container of a simulated Mac."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import docker
from docker.errors import ImageNotFound
from docker.models.containers import Container

from simulators.mac.identity import Identity, public
from simulators.mac.specification import SimulatorError, Specification

NAME_LABEL = "ai-platform.simulator"
FINGERPRINT_LABEL = "ai-platform.simulator.fingerprint"
ADMIN_UID, STAFF_GID = 501, 20


def create(engine: docker.DockerClient, specification: Specification, keys: Identity) -> Container:
    """Create, not start, the container and put the keys into it. Raises SimulatorError."""
    api = engine.api
    bindings: dict[int | str, Any] = {mac: (specification.address, here) for here, mac in specification.publish}
    limits: dict[str, Any] = api.create_host_config(
        # What a nested engine needs, without --privileged: that would also ask for SYS_RESOURCE.
        cap_add=["ALL"],
        cap_drop=["SYS_RESOURCE"],
        security_opt=["seccomp=unconfined"],
        port_bindings=bindings,
    )
    limits |= {"MaskedPaths": [], "ReadonlyPaths": []}
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
            f"image {specification.image} is not in the engine; build it: python -m toolchain.images mac"
        ) from missing
    container = engine.containers.get(made["Id"])
    container.put_archive("/", _keys_archive(keys))
    return container


def _keys_archive(keys: Identity) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        host_key = keys.host_key.read_bytes()
        _add(tar, "etc/ssh/ssh_host_ed25519_key", host_key, owner=(0, 0))
        authorized = public(keys.client_key).encode() + b"\n"
        _add(tar, "Users/admin/.ssh/authorized_keys", authorized, owner=(ADMIN_UID, STAFF_GID))
    return archive.getvalue()


def _add(tar: tarfile.TarFile, path: str, content: bytes, owner: tuple[int, int]) -> None:
    member = tarfile.TarInfo(path)
    member.size = len(content)
    member.mode = 0o600
    member.uid, member.gid = owner
    tar.addfile(member, io.BytesIO(content))
