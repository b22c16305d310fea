"""The built pages of a web application in the volume that nginx serves them from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_command as command
from pulumi import ResourceOptions

from components.docker_access import DockerAccess
from components.site_folder import SiteError, read_site
from components.ssh_identity import PLACEHOLDERS

DELIVERY_SECONDS = 1200
"""Beyond the deadline that scripts/site-apply keeps by itself."""


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    """`folder` holds the built pages here; `generation` changes when the volume may be a new one."""

    service: str
    folder: str
    image_id: pulumi.Input[str]
    volume: pulumi.Input[str]
    generation: pulumi.Input[str]
    access: DockerAccess


class Site(pulumi.ComponentResource):
    """Delivers the pages when their digest changes. Removes earlier releases but the last ones, nothing else."""

    ready: command.local.Command

    def __init__(self, name: str, args: SiteArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:Site", name, None, opts)
        spec = {
            "docker_host": args.access.url,
            "ssh_options": list(args.access.ssh_options),
            "image": args.image_id,
            "volume": args.volume,
            "folder": args.folder,
            "digest": site_digest(args.service, args.folder),
            "generation": args.generation,
        }
        limit = pulumi.CustomTimeouts(create=f"{DELIVERY_SECONDS}s", update=f"{DELIVERY_SECONDS}s")
        self.ready = command.local.Command(
            f"{name}-apply",
            create="scripts/site-apply",
            stdin=pulumi.Output.json_dumps(spec),
            add_previous_output_in_env=False,
            opts=ResourceOptions(parent=self, custom_timeouts=limit),
        )
        self.register_outputs({})


def site_digest(service: str, folder: str) -> str:
    """Raises pulumi.RunError for a folder that cannot be delivered; `make preview` may go without one."""
    try:
        return read_site(Path(folder).expanduser()).digest
    except SiteError as error:
        if os.environ.get(PLACEHOLDERS) == "1" and pulumi.runtime.is_dry_run():
            return "placeholder"
        raise pulumi.RunError(f"services.{service}.site: {error}") from None
