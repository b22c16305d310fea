"""The Docker side of one host: the environment's network, and the images that its services run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_command as command
from pulumi import ResourceOptions

from components.docker_access import DockerAccess
from components.docker_sdk import docker

DELIVERY_SECONDS = 7500
"""Beyond the deadline that scripts/deliver-image keeps by itself."""


@dataclass(frozen=True, kw_only=True)
class DockerHostArgs:
    """`images` maps image names to references; those built here are streamed to hosts that cannot pull them."""

    environment: str
    access: DockerAccess
    images: Mapping[str, str]


class DockerHost(pulumi.ComponentResource):
    """Network and images. Leaves containers to ServiceContainer, and never removes an image from a host."""

    network: pulumi.Output[str]
    image_ids: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: DockerHostArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:DockerHost", name, None, opts)
        network = docker.Network(
            f"{name}-network",
            name=f"ai-platform-{args.environment}",
            labels=[docker.NetworkLabelArgs(label="ai-platform.environment", value=args.environment)],
            opts=ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.network = network.name
        self.image_ids = {
            image: self._image(f"{name}-{image}", reference, args.access) for image, reference in args.images.items()
        }
        self.register_outputs({"network": self.network})

    def _image(self, name: str, reference: str, access: DockerAccess) -> pulumi.Output[str]:
        delivered = []
        if access.url is not None and "@sha256:" not in reference:
            limit = pulumi.CustomTimeouts(create=f"{DELIVERY_SECONDS}s", update=f"{DELIVERY_SECONDS}s")
            spec = {"image": reference, "docker_host": access.url, "ssh_options": access.ssh_options}
            delivered.append(
                command.local.Command(
                    f"{name}-delivery",
                    create="scripts/deliver-image",
                    stdin=pulumi.Output.json_dumps(spec),
                    add_previous_output_in_env=False,
                    opts=ResourceOptions(parent=self, custom_timeouts=limit),
                )
            )
        return docker.RemoteImage(
            name, name=reference, keep_locally=True, opts=ResourceOptions(parent=self, depends_on=delivered)
        ).image_id
