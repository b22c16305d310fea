"""What the container of a service is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.docker_access import DockerAccess
from components.docker_sdk import docker
from components.secret_files import SecretFiles
from planning.plan import Container


@dataclass(frozen=True, kw_only=True)
class Held:
    """Data volumes by their names in the catalogue, and secret files in a volume where the root is read-only."""

    volumes: Mapping[str, docker.Volume]
    secrets: SecretFiles | None


@dataclass(frozen=True, kw_only=True)
class ServiceContainerArgs:
    """`files` maps paths to (secret) contents; `image_id` is the image on the host that `access` leads to.

    `port` None: not published. `alias`: name in the network, that of the service when left out. `held`: what another
    replica of the service has made already, and shares. `live`: contents of the files that it takes up while it runs.
    """

    environment: str
    service: str
    port: int | None
    container: Container
    image_id: pulumi.Input[str]
    network: pulumi.Input[str]
    files: dict[str, pulumi.Output[str]]
    access: DockerAccess
    after: Sequence[pulumi.Resource]
    alias: str | None = None
    held: Held | None = None
    live: Mapping[str, pulumi.Output[str]] = field(default_factory=dict)
