"""How Docker on a host is reached, for the Docker provider and for our own commands alike."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from hosts.ssh_options import ssh_options
from settings.host import Host


@dataclass(frozen=True, kw_only=True)
class DockerAccess:
    """`url` is None for the engine of this machine (or the one that DOCKER_HOST names)."""

    url: pulumi.Input[str] | None
    ssh_options: tuple[str, ...]


def through(access: DockerAccess | None) -> dict[str, object]:
    """For the specification of a command that reaches a service only over the login of its host; else nothing."""
    return {"docker_host": access.url, "ssh_options": list(access.ssh_options)} if access else {}


def docker_access(host: Host, provisioned_url: pulumi.Input[str] | None = None) -> DockerAccess:
    """Access to a host's engine; `provisioned_url` makes users wait until the host has been brought to its role."""
    if host.ssh is None:
        return DockerAccess(url=None, ssh_options=())
    url = provisioned_url or f"ssh://{host.ssh.user}@{host.address}:{host.ssh.port}"
    return DockerAccess(url=url, ssh_options=ssh_options(host.ssh))
