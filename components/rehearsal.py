"""The rehearsal of a service's container: what scripts/rehearse is told, and how long it may take."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_command as command
from pulumi import ResourceOptions

from catalogue.definition import SECRETS_FOLDER, Healthcheck
from components.service_args import Held, ServiceContainerArgs

WAIT_MARGIN_SECONDS = 30


def rehearsal(
    name: str, args: ServiceContainerArgs, held: Held, before: Sequence[pulumi.Resource], parent: pulumi.Resource
) -> command.local.Command:
    """Runs after `before`: what must be there for the service must be there for its rehearsal too."""
    return command.local.Command(
        name,
        create="scripts/rehearse",
        stdin=pulumi.Output.json_dumps(rehearsal_spec(args, held)),
        add_previous_output_in_env=False,
        opts=ResourceOptions(parent=parent, depends_on=[*before]),
    )


def rehearsal_spec(args: ServiceContainerArgs, held: Held) -> dict[str, object]:
    """What scripts/rehearse reads on its standard input. A volume with a fetched model is live, every other scratch.

    What a service does not have is left out: another text would repeat rehearsals of services that have not changed.
    """
    plan = args.container
    check = plan.healthcheck
    held_live = [volume for volume in plan.volumes if plan.model and volume.name == plan.model.volume]
    # It has to become healthy without the files that a running service is given.
    taken = [plan.live.folder] if plan.live else []
    read = _read_only_volumes(args, held)
    uploads = [
        {"file": file.path, "content": args.files[file.path], "permissions": file.mode}
        for file in plan.files
        if not held.secrets
    ]
    return {
        "docker_host": args.access.url,
        "ssh_options": list(args.access.ssh_options),
        "environment": args.environment,
        "service": args.service,
        "image": args.image_id,
        "entrypoint": list(plan.entrypoint),
        "command": list(plan.command),
        "env": list(plan.environment),
        "user": plan.user,
        "uploads": uploads,
        "scratch_paths": [*(volume.path for volume in plan.volumes if volume not in held_live), *taken],
        **({"read_only_volumes": read} if read else {}),
        **({"redact": list(args.files.values())} if held.secrets else {}),
        **({"read_only": True} if plan.read_only else {}),
        "tmpfs": dict.fromkeys(plan.tmpfs, "mode=1777"),
        "network": args.network,
        "memory_mb": plan.memory_mb,
        "cpus": f"{plan.cpus:g}",
        "cap_drop": ["ALL"],
        "cap_add": list(plan.capabilities),
        "security_opts": ["no-new-privileges"],
        "healthcheck": _healthcheck(check) if check else None,
        "timeout_seconds": wait_seconds(check),
    }


def wait_seconds(check: Healthcheck | None) -> int | None:
    """How long a container may take to become healthy; None where nothing tells its health."""
    return check.start_period + check.retries * check.interval + WAIT_MARGIN_SECONDS if check else None


def health_tests(check: Healthcheck) -> list[str]:
    """What Docker runs, with `$$` as it is meant."""
    return [part.replace("$$", "$") for part in check.test]


def _read_only_volumes(args: ServiceContainerArgs, held: Held) -> list[dict[str, pulumi.Input[str]]]:
    model = args.container.model
    read: list[dict[str, pulumi.Input[str]]] = [
        {"name": held.volumes[volume.name].name, "path": volume.path}
        for volume in args.container.volumes
        if model and volume.name == model.volume
    ]
    return read + ([{"name": held.secrets.volume, "path": SECRETS_FOLDER}] if held.secrets else [])


def _healthcheck(check: Healthcheck) -> dict[str, object]:
    return {
        "tests": health_tests(check),
        "interval": f"{check.interval}s",
        "timeout": f"{check.timeout}s",
        "start_period": f"{check.start_period}s",
        "retries": check.retries,
    }
