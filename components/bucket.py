"""A bucket in the platform's S3 store."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_command as command
from pulumi import ResourceOptions

from components.docker_access import DockerAccess, through


@dataclass(frozen=True, kw_only=True)
class BucketArgs:
    """`generation` changes when the store may have lost its buckets: its container's id.

    `through` is the login over which `url` is reached; None where it is reached from here.
    """

    bucket: str
    url: str
    secret_key: pulumi.Output[str]
    generation: pulumi.Input[str]
    through: DockerAccess | None = None


class Bucket(pulumi.ComponentResource):
    """Makes the bucket when it is missing; leaves what is in it alone. See operations/bucket.py."""

    ready: command.local.Command

    def __init__(self, name: str, args: BucketArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:Bucket", name, None, opts)
        spec = {
            "url": args.url,
            "access_key": "platform",
            "secret_key": args.secret_key,
            "bucket": args.bucket,
            "generation": args.generation,
            **through(args.through),
        }
        self.ready = command.local.Command(
            f"{name}-apply",
            create="scripts/bucket-apply",
            stdin=pulumi.Output.json_dumps(spec),
            add_previous_output_in_env=False,
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({})
