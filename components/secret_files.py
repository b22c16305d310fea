"""Secret files of a service with a read-only root, in a volume that it only reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import pulumi
import pulumi_command as command
from pulumi import ResourceOptions

from catalogue.definition import SECRETS_FOLDER
from components.docker_access import DockerAccess


@dataclass(frozen=True, kw_only=True)
class SecretFilesArgs:
    """`files` maps paths in SECRETS_FOLDER to secret contents; `image_id` is an image on the host of `access`."""

    environment: str
    service: str
    files: Mapping[str, pulumi.Output[str]]
    image_id: pulumi.Input[str]
    access: DockerAccess


@dataclass(frozen=True, kw_only=True)
class SecretFiles:
    """`volume` is there, and holds the files, once its value is known. Another `generation`: other contents."""

    volume: pulumi.Output[str]
    generation: pulumi.Output[str]


def secret_files(name: str, args: SecretFilesArgs, opts: ResourceOptions) -> SecretFiles:
    """Writes the files before the container of the service is made. See operations/secret_files.py."""
    volume = f"ai-platform-{args.environment}-{args.service}-secrets"
    spec = {
        "docker_host": args.access.url,
        "ssh_options": list(args.access.ssh_options),
        "environment": args.environment,
        "service": args.service,
        "image": args.image_id,
        "volume": volume,
        "folder": SECRETS_FOLDER,
        "files": {str(PurePosixPath(path).relative_to(SECRETS_FOLDER)): text for path, text in args.files.items()},
    }
    written = command.local.Command(
        name,
        create="scripts/secret-files-apply",
        stdin=pulumi.Output.json_dumps(spec),
        # Other contents are another command, whose id the container carries: so it is replaced and reads them.
        triggers=[pulumi.Output.json_dumps(spec["files"]).apply(_digest)],
        add_previous_output_in_env=False,
        opts=opts,
    )
    return SecretFiles(volume=written.id.apply(lambda _: volume), generation=written.id)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
