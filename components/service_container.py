"""One service in its container, replaced only after the new version has proved itself beside the old one.

Host port and name are fixed, so Docker must remove the old container before it can start the new one. A rehearsal
comes first: `scripts/rehearse` starts the new version without ports and on scratch volumes, waits until it is
healthy and removes it. When that fails, the update ends there and the old version keeps serving. A model that the
image does not bundle is fetched before both, into a volume that the rehearsal only reads; so are the secret files of a
service whose root cannot be written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_command as command
from pulumi import ResourceOptions

from catalogue.definition import SECRETS_FOLDER, Healthcheck
from components.docker_sdk import docker
from components.durations import go_duration
from components.inference_model import InferenceModelArgs, fetch_command
from components.live_files import LiveFiles, LiveFilesArgs
from components.rehearsal import health_tests, rehearsal, wait_seconds
from components.secret_files import SecretFiles, SecretFilesArgs, secret_files
from components.service_args import Held, ServiceContainerArgs
from planning.plan import Container, FetchedModel, PlannedLive

STOP_SECONDS = 20


class ServiceContainer(pulumi.ComponentResource):
    """Rehearsal, data volumes and container. Data volumes outlive the stack: only `make down` removes them."""

    container_id: pulumi.Output[str]
    resource: docker.Container
    held: Held
    live: LiveFiles | None

    def __init__(self, name: str, args: ServiceContainerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:ServiceContainer", name, None, opts)
        self.held = args.held or Held(
            volumes={volume.name: self._volume(f"{name}-{volume.name}", args) for volume in args.container.volumes},
            secrets=self._secrets(name, args),
        )
        self.live = self._live(f"{name}-live", args, args.container.live) if args.container.live else None
        before: list[pulumi.Resource] = [*args.after]
        if args.container.model and not args.held:
            before.append(self._model(name, args, args.container.model))
        if args.container.rehearsed and args.container.healthcheck:
            before.append(rehearsal(f"{name}-rehearsal", args, self.held, before, self))
        self.resource = self._container(name, args, before)
        self.container_id = self.resource.id
        self.register_outputs({"container_id": self.container_id})

    def _model(self, name: str, args: ServiceContainerArgs, model: FetchedModel) -> command.local.Command:
        return fetch_command(
            f"{name}-model",
            InferenceModelArgs(
                model=model.name,
                revision=model.revision,
                volume=self.held.volumes[model.volume].name,
                image_id=args.image_id,
                access=args.access,
            ),
            opts=ResourceOptions(parent=self),
        )

    def _live(self, name: str, args: ServiceContainerArgs, live: PlannedLive) -> LiveFiles:
        return LiveFiles(
            name,
            LiveFilesArgs(
                environment=args.environment,
                service=args.service,
                container=args.container.name,
                live=live,
                contents=args.live,
                access=args.access,
            ),
            opts=ResourceOptions(parent=self),
        )

    def _secrets(self, name: str, args: ServiceContainerArgs) -> SecretFiles | None:
        """Docker uploads no file into a container with a read-only root."""
        if not (args.container.read_only and args.files):
            return None
        return secret_files(
            f"{name}-secrets",
            SecretFilesArgs(
                environment=args.environment,
                service=args.service,
                files=args.files,
                image_id=args.image_id,
                access=args.access,
            ),
            opts=ResourceOptions(parent=self),
        )

    def _volume(self, name: str, args: ServiceContainerArgs) -> docker.Volume:
        return docker.Volume(
            name,
            name=f"ai-platform-{args.environment}-{name}",
            labels=[
                docker.VolumeLabelArgs(label="ai-platform.environment", value=args.environment),
                docker.VolumeLabelArgs(label="ai-platform.service", value=args.service),
            ],
            opts=ResourceOptions(parent=self, retain_on_delete=True),
        )

    def _container(self, name: str, args: ServiceContainerArgs, before: Sequence[pulumi.Resource]) -> docker.Container:
        plan = args.container
        return docker.Container(
            name,
            name=plan.name,
            image=args.image_id,
            **_program(plan),
            uploads=self._uploads(args),
            mounts=self._mounts(args),
            **_confinement(plan),
            ports=_ports(args),
            networks_advanced=[
                docker.ContainerNetworksAdvancedArgs(name=args.network, aliases=[args.alias or args.service])
            ],
            hosts=[docker.ContainerHostArgs(host="host.docker.internal", ip="host-gateway")],
            **_resources(plan),
            **_life(plan),
            labels=self._labels(args),
            opts=ResourceOptions(
                parent=self,
                depends_on=[*before],
                delete_before_replace=True,
                # The Docker provider reports edits of these as done and does nothing.
                replace_on_changes=["healthcheck", "tmpfs", "init"],
            ),
        )

    def _uploads(self, args: ServiceContainerArgs) -> list[docker.ContainerUploadArgs]:
        return [
            docker.ContainerUploadArgs(file=file.path, content=args.files[file.path], permissions=file.mode)
            for file in args.container.files
            if not self.held.secrets
        ]

    def _mounts(self, args: ServiceContainerArgs) -> list[docker.ContainerMountArgs]:
        mounts = [
            docker.ContainerMountArgs(type="volume", source=self.held.volumes[volume.name].name, target=volume.path)
            for volume in args.container.volumes
        ]
        if self.live and args.container.live:
            source, target = self.live.volume.name, args.container.live.folder
            mounts.append(docker.ContainerMountArgs(type="volume", source=source, target=target))
        if self.held.secrets:
            source = self.held.secrets.volume
            secrets = docker.ContainerMountArgs(type="volume", source=source, target=SECRETS_FOLDER, read_only=True)
            mounts.append(secrets)
        return mounts

    def _labels(self, args: ServiceContainerArgs) -> list[docker.ContainerLabelArgs]:
        labels: dict[str, pulumi.Input[str]] = {
            "ai-platform.environment": args.environment,
            "ai-platform.service": args.service,
        }
        if self.held.secrets:
            labels["ai-platform.secrets"] = self.held.secrets.generation
        return [docker.ContainerLabelArgs(label=label, value=value) for label, value in labels.items()]


def _program(plan: Container) -> dict[str, Any]:
    return {
        "entrypoints": list(plan.entrypoint) or None,
        "command": list(plan.command) or None,
        "envs": list(plan.environment),
    }


def _confinement(plan: Container) -> dict[str, Any]:
    return {
        # None, not False: to containers that are there already False would be a change.
        "read_only": plan.read_only or None,
        "tmpfs": dict.fromkeys(plan.tmpfs, "mode=1777") or None,
        "user": plan.user,
        "capabilities": docker.ContainerCapabilitiesArgs(drops=["ALL"], adds=list(plan.capabilities) or None),
        "security_opts": ["no-new-privileges"],
    }


def _resources(plan: Container) -> dict[str, Any]:
    return {
        # Equal values: no swap. Given alone, `memory` reads back with twice as much swap, for ever.
        "memory": plan.memory_mb,
        "memory_swap": plan.memory_mb,
        "shm_size": plan.shared_memory_mb,
        "cpus": f"{plan.cpus:g}",
        "gpus": "all" if plan.gpus else None,
    }


def _life(plan: Container) -> dict[str, Any]:
    """From its start, which ends when it is healthy, to its stop."""
    return {
        "restart": "unless-stopped",
        "log_driver": "json-file",
        "log_opts": {"max-size": "10m", "max-file": "3"},
        "healthcheck": _healthcheck(plan.healthcheck) if plan.healthcheck else None,
        "wait": plan.healthcheck is not None,
        "wait_timeout": wait_seconds(plan.healthcheck),
        "destroy_grace_seconds": STOP_SECONDS,
    }


def _ports(args: ServiceContainerArgs) -> list[docker.ContainerPortArgs]:
    if args.port is None:
        return []
    plan = args.container
    return [
        docker.ContainerPortArgs(
            internal=plan.container_port, external=args.port, ip=plan.publish_address, protocol="tcp"
        )
    ]


def _healthcheck(check: Healthcheck) -> docker.ContainerHealthcheckArgs:
    return docker.ContainerHealthcheckArgs(
        tests=health_tests(check),
        interval=go_duration(check.interval),
        timeout=go_duration(check.timeout),
        start_period=go_duration(check.start_period),
        retries=check.retries,
    )
