"""The Docker SDK, part by part: `from components.docker_sdk import docker`."""

from typing import TYPE_CHECKING

from components.partial_sdk import standing

if TYPE_CHECKING:
    import pulumi_docker as docker
else:
    docker = standing("pulumi_docker")

__all__ = ["docker"]
