"""One service in its container, replaced only after the new version has proved itself beside the old one.

Host port and name are fixed, so Docker must remove the old container before it can start the new one. A rehearsal
comes first: `scripts/rehearse` starts the new version without ports and on scratch volumes, waits until it is
healthy and removes it. When that fails, the update ends there and the old version keeps serving. A model that the
image does not bundle is fetched before both, into a volume that the rehearsal only reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_command as command
import pulumi_docker as docker
from pulumi import ResourceOptions

from catalogue.definition import Healthcheck
from components.docker_access import DockerAccess
from components.durations import go_duration
from components.inference_model import InferenceModelArgs, fetch_command
from planning.plan import Container, FetchedModel

WAIT_MARGIN_SECONDS = 30
STOP_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class ServiceContainerArgs:
    """`files` maps paths to (secret) contents; `image_id` is the image on the host that `access` leads to."""

    environment: str
    service: str
    port: int
    container: Container
    image_id: pulumi.Input[str]
    network: pulumi.Input[str]
    files: dict[str, pulumi.Output[str]]
    access: DockerAccess
    after: Sequence[pulumi.Resource]


class ServiceContainer(pulumi.ComponentResource):
    """Rehearsal, data volumes and container. Data volumes outlive the stack: only `make down` removes them."""

    container_id: pulumi.Output[str]
    resource: docker.Container
    volumes: dict[str, docker.Volume]

    def __init__(self, name: str, args: ServiceContainerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:ServiceContainer", name, None, opts)
        volumes = {volume.name: self._volume(f"{name}-{volume.name}", args) for volume in args.container.volumes}
        self.volumes = volumes
        before: list[pulumi.Resource] = [*args.after]
        if args.container.model:
            before.append(self._model(name, args, args.container.model, volumes))
        if args.container.rehearsed and args.container.healthcheck:
            before.append(self._rehearsal(name, args, volumes, before))
        self.resource = self._container(name, args, volumes, before)
        self.container_id = self.resource.id
        self.register_outputs({"container_id": self.container_id})

    def _model(
        self, name: str, args: ServiceContainerArgs, model: FetchedModel, volumes: Mapping[str, docker.Volume]
    ) -> command.local.Command:
        return fetch_command(
            f"{name}-model",
            InferenceModelArgs(
                model=model.name,
                revision=model.revision,
                volume=volumes[model.volume].name,
                image_id=args.image_id,
                access=args.access,
            ),
            opts=ResourceOptions(parent=self),
        )

    def _rehearsal(
        self,
        name: str,
        args: ServiceContainerArgs,
        volumes: Mapping[str, docker.Volume],
        before: Sequence[pulumi.Resource],
    ) -> command.local.Command:
        return command.local.Command(
            f"{name}-rehearsal",
            create="scripts/rehearse",
            stdin=pulumi.Output.json_dumps(rehearsal_spec(args, volumes)),
            add_previous_output_in_env=False,
            # What must be there for the service must be there for its rehearsal too.
            opts=ResourceOptions(parent=self, depends_on=[*before]),
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

    def _container(
        self,
        name: str,
        args: ServiceContainerArgs,
        volumes: Mapping[str, docker.Volume],
        before: Sequence[pulumi.Resource],
    ) -> docker.Container:
        plan = args.container
        return docker.Container(
            name,
            name=plan.name,
            image=args.image_id,
            entrypoints=list(plan.entrypoint) or None,
            command=list(plan.command) or None,
            envs=list(plan.environment),
            uploads=[
                docker.ContainerUploadArgs(file=file.path, content=args.files[file.path], permissions=file.mode)
                for file in plan.files
            ],
            mounts=[
                docker.ContainerMountArgs(type="volume", source=volumes[volume.name].name, target=volume.path)
                for volume in plan.volumes
            ],
            tmpfs=dict.fromkeys(plan.tmpfs, "mode=1777") or None,
            user=plan.user,
            capabilities=docker.ContainerCapabilitiesArgs(drops=["ALL"], adds=list(plan.capabilities) or None),
            security_opts=["no-new-privileges"],
            ports=[
                docker.ContainerPortArgs(
                    internal=plan.container_port, external=args.port, ip=plan.publish_address, protocol="tcp"
                )
            ],
            networks_advanced=[docker.ContainerNetworksAdvancedArgs(name=args.network, aliases=[args.service])],
            hosts=[docker.ContainerHostArgs(host="host.docker.internal", ip="host-gateway")],
            # Equal values: no swap. Given alone, `memory` reads back with twice as much swap, for ever.
            memory=plan.memory_mb,
            memory_swap=plan.memory_mb,
            shm_size=plan.shared_memory_mb,
            cpus=f"{plan.cpus:g}",
            restart="unless-stopped",
            log_driver="json-file",
            log_opts={"max-size": "10m", "max-file": "3"},
            healthcheck=_healthcheck(plan.healthcheck) if plan.healthcheck else None,
            wait=plan.healthcheck is not None,
            wait_timeout=wait_seconds(plan.healthcheck),
            destroy_grace_seconds=STOP_SECONDS,
            labels=[
                docker.ContainerLabelArgs(label="ai-platform.environment", value=args.environment),
                docker.ContainerLabelArgs(label="ai-platform.service", value=args.service),
            ],
            opts=ResourceOptions(
                parent=self,
                depends_on=[*before],
                delete_before_replace=True,
                # The Docker provider reports edits of these as done and does nothing.
                replace_on_changes=["healthcheck", "tmpfs", "init"],
            ),
        )


def rehearsal_spec(args: ServiceContainerArgs, volumes: Mapping[str, docker.Volume]) -> dict[str, object]:
    """What scripts/rehearse reads on its standard input. A volume with a fetched model is live, every other scratch."""
    plan = args.container
    check = plan.healthcheck
    live = [volume for volume in plan.volumes if plan.model and volume.name == plan.model.volume]
    read = [{"name": volumes[volume.name].name, "path": volume.path} for volume in live]
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
        "uploads": [
            {"file": file.path, "content": args.files[file.path], "permissions": file.mode} for file in plan.files
        ],
        "scratch_paths": [volume.path for volume in plan.volumes if volume not in live],
        # Left out where there is none: another text would repeat the rehearsals of services that have not changed.
        **({"read_only_volumes": read} if read else {}),
        "tmpfs": dict.fromkeys(plan.tmpfs, "mode=1777"),
        "network": args.network,
        "memory_mb": plan.memory_mb,
        "cpus": f"{plan.cpus:g}",
        "cap_drop": ["ALL"],
        "cap_add": list(plan.capabilities),
        "security_opts": ["no-new-privileges"],
        "healthcheck": {
            "tests": _tests(check),
            "interval": f"{check.interval}s",
            "timeout": f"{check.timeout}s",
            "start_period": f"{check.start_period}s",
            "retries": check.retries,
        }
        if check
        else None,
        "timeout_seconds": wait_seconds(check),
    }


def wait_seconds(check: Healthcheck | None) -> int | None:
    """How long a container may take to become healthy; None where nothing tells its health."""
    return check.start_period + check.retries * check.interval + WAIT_MARGIN_SECONDS if check else None


def _healthcheck(check: Healthcheck) -> docker.ContainerHealthcheckArgs:
    return docker.ContainerHealthcheckArgs(
        tests=_tests(check),
        interval=go_duration(check.interval),
        timeout=go_duration(check.timeout),
        start_period=go_duration(check.start_period),
        retries=check.retries,
    )


def _tests(check: Healthcheck | None) -> list[str]:
    return [part.replace("$$", "$") for part in check.test] if check else []
