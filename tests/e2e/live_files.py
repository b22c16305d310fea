"""Brings a running container of a plan the files that it takes up, as `pulumi up` does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from docker.models.containers import Container
from docker.types import Mount

from operations.live_files import LiveFilesSpec, apply
from planning.addresses import finish
from planning.plan import Container as Planned


def mounts(planned: Planned) -> list[Mount]:
    """A volume for them, which goes with the container."""
    return [Mount(target=planned.live.folder, source=None, type="volume")] if planned.live else []


def give(container: Container, planned: Planned, secrets: Mapping[str, str]) -> str:
    """Which version the service answers by then. Raises Failure where it does not take the files."""
    assert planned.live
    files = {file.path: finish(file.template, secrets) for file in planned.live.files}
    version = hashlib.sha256(json.dumps(files).encode()).hexdigest()
    spec = LiveFilesSpec(
        service=str(container.name), container=str(container.name), container_id=str(container.id),
        folder=planned.live.folder, version=version, files=files, check=list(planned.live.check),
        reload=list(planned.live.reload), asked=list(planned.live.version),
    )  # fmt: skip
    apply(spec)
    return version
