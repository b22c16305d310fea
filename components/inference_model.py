"""The model of an embedding service in the volume that the service reads it from."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_command as command
from pulumi import ResourceOptions

from components.docker_access import DockerAccess

FETCH_SECONDS = 3900
"""Beyond the deadline that scripts/inference-model-apply keeps by itself."""


@dataclass(frozen=True, kw_only=True)
class InferenceModelArgs:
    """`image_id` is the service's image on the host that `access` leads to; `volume` is a volume there."""

    model: str
    revision: str
    volume: pulumi.Input[str]
    image_id: pulumi.Input[str]
    access: DockerAccess


def fetch_command(name: str, args: InferenceModelArgs, opts: ResourceOptions) -> command.local.Command:
    """Fetches the model when it is missing; removes nothing, ever. See operations/inference_model.py."""
    spec = {
        "docker_host": args.access.url,
        "ssh_options": list(args.access.ssh_options),
        "image": args.image_id,
        "volume": args.volume,
        "model": args.model,
        "revision": args.revision,
    }
    limit = pulumi.CustomTimeouts(create=f"{FETCH_SECONDS}s", update=f"{FETCH_SECONDS}s")
    return command.local.Command(
        name,
        create="scripts/inference-model-apply",
        stdin=pulumi.Output.json_dumps(spec),
        add_previous_output_in_env=False,
        opts=ResourceOptions.merge(opts, ResourceOptions(custom_timeouts=limit)),
    )
