"""The container of a service: catalogue entry and settings become one flat description."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.definition import SECRETS_FOLDER, Definition, File, Live
from planning.addresses import fill
from planning.fetched_models import fetched_model
from planning.placement import Placement
from planning.plan import Container, PlannedFile, PlannedLive
from settings.environment import Environment
from settings.host import Host

EXPORT_SECRETS = (
    f"for file in {SECRETS_FOLDER}/environment.*; do "
    'name="$${file##*/environment.}"; export "$$name=$$(cat "$$file")"; done; exec "$$@"'
).replace("$$", "$")
"""Runs a command with each file /run/secrets/environment.NAME as variable NAME: what Docker is told about a
container can be read by anyone with access to Docker, so no secret may stand there."""


def container(
    environment: Environment, placement: Placement, host: Host, values: Mapping[str, str], images: Mapping[str, str]
) -> Container | None:
    """The container of `placement`, or None for a service that runs natively."""
    definition, service = placement.definition, placement.service
    if definition.native:
        return None
    image_name = definition.image.name if definition.image else placement.name
    model = fetched_model(environment, definition)
    # Nobody reads the revision; it makes the container another one when the weights change.
    revision = {"MODEL_REVISION": model.revision} if model else {}
    wanted = {key: text for want in placement.wanted for key, text in want.environment.items()}
    variables = {**definition.environment, **revision, **wanted, **service.environment}
    entrypoint, command = _start(definition)
    return Container(
        name=f"ai-platform-{environment.name}-{placement.name}",
        image_name=image_name,
        image=service.image or images.get(image_name) or (definition.image.official if definition.image else "") or "",
        entrypoint=entrypoint,
        command=command,
        environment=tuple(sorted(f"{key}={_plain(fill(text, values))}" for key, text in variables.items())),
        files=tuple(_file(file, values) for file in _files(placement)),
        volumes=definition.volumes,
        model=model,
        tmpfs=definition.tmpfs,
        read_only=definition.read_only,
        user=definition.user,
        capabilities=definition.capabilities,
        healthcheck=definition.healthcheck,
        memory_mb=service.memory_mb or definition.memory_mb,
        shared_memory_mb=_shared_memory_mb(definition, service.memory_mb or definition.memory_mb),
        cpus=service.cpus or definition.cpus,
        container_port=definition.container_port,
        publish_address=host.publish_address or host.address or "127.0.0.1",
        rehearsed=definition.rehearsed,
        gpus=definition.uses_gpu and host.rented,
        live=_live(definition.live, values) if definition.live else None,
    )


def _live(live: Live, values: Mapping[str, str]) -> PlannedLive:
    return PlannedLive(
        folder=live.folder,
        files=tuple(_file(file, values) for file in live.files),
        check=live.check,
        version=live.version,
        reload=live.reload,
    )


def _shared_memory_mb(definition: Definition, memory_mb: int) -> int | None:
    return int(memory_mb * definition.shared_memory_share) if definition.shared_memory_share else None


def _start(definition: Definition) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not definition.secret_environment:
        return definition.entrypoint, definition.command
    return ("/bin/sh", "-c", EXPORT_SECRETS, "sh"), (*definition.entrypoint, *definition.command)


def _files(placement: Placement) -> list[File]:
    wanted = [file for want in placement.wanted for file in want.files]
    return [*placement.definition.files, *wanted, *_secret_environment(placement.definition)]


def _secret_environment(definition: Definition) -> list[File]:
    return [
        File(path=f"{SECRETS_FOLDER}/environment.{name}", template=template)
        for name, template in definition.secret_environment.items()
    ]


def _file(file: File, values: Mapping[str, str]) -> PlannedFile:
    return PlannedFile(path=file.path, template=fill(file.template, values), mode=file.mode)


def _plain(text: str) -> str:
    return text.replace("$$", "$")
