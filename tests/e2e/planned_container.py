"""Runs a container of a plan on the real engine as the components would have it made, under names of a test's own."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import PurePosixPath

import docker
from docker.models.containers import Container

from catalogue.definition import SECRETS_FOLDER
from planning.plan import Container as Planned
from tests.e2e.live_files import mounts

LABEL = "ai-platform-test"
NANOSECONDS = 1_000_000_000


def start(
    client: docker.DockerClient, planned: Planned, files: Mapping[str, str], run: str, alias: str
) -> tuple[Container, int]:
    """The container, started, and the port of this machine that leads to it. Its files lie in a volume `run`-`alias`.

    `run` names a network that is there; everything carries it as a label, and a volume goes with its container.
    """
    check = planned.healthcheck
    assert check
    container = client.containers.create(
        planned.image,
        name=f"{run}-{alias}",
        entrypoint=list(planned.entrypoint) or None,
        command=list(planned.command) or None,
        environment=list(planned.environment),
        user=planned.user,
        read_only=planned.read_only,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        mem_limit=f"{planned.memory_mb}m",
        tmpfs=dict.fromkeys(planned.tmpfs, "mode=1777"),
        volumes={_filled(client, planned.image, run, alias, files): {"bind": SECRETS_FOLDER, "mode": "ro"}},
        mounts=mounts(planned),
        ports={f"{planned.container_port}/tcp": ("127.0.0.1", 0)},
        healthcheck={
            "test": [part.replace("$$", "$") for part in check.test],
            "interval": NANOSECONDS,
            "start_period": check.start_period * NANOSECONDS,
        },
        labels={LABEL: run},
        network=run,
        networking_config={run: client.api.create_endpoint_config(aliases=[alias])},
    )
    container.start()
    container.reload()
    return container, int((container.ports[f"{planned.container_port}/tcp"] or [])[0]["HostPort"])


def remove(client: docker.DockerClient, run: str) -> None:
    """Everything of that run."""
    for container in client.containers.list(all=True, filters={"label": f"{LABEL}={run}"}):
        container.remove(force=True, v=True)
    for volume in client.volumes.list(filters={"label": f"{LABEL}={run}"}):
        volume.remove(force=True)
    for network in client.networks.list(filters={"label": f"{LABEL}={run}"}):
        network.remove()


def _filled(client: docker.DockerClient, image: str, run: str, alias: str, files: Mapping[str, str]) -> str:
    volume = client.volumes.create(f"{run}-{alias}", labels={LABEL: run})
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for path, text in files.items():
            content = text.encode()
            entry = tarfile.TarInfo(str(PurePosixPath(path).relative_to(SECRETS_FOLDER)))
            entry.size, entry.mode = len(content), 0o444
            archive.addfile(entry, io.BytesIO(content))
    writer = client.containers.create(image, volumes={volume.name: {"bind": "/filled"}}, labels={LABEL: run})
    assert writer.put_archive("/filled", data.getvalue())
    writer.remove()
    return str(volume.name)
