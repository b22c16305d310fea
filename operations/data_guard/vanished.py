"""What has become of volumes that are to hold data: one look at each engine, which changes nothing.

The engine's `CreatedAt` tells nothing: up to Docker 20.10 it follows every change of the volume's top folder. A volume
that Docker itself made for a container that asked for its name has none of our labels, and that does tell.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from operations.data_guard.held import HeldVolume
from operations.docker_cli import DockerCli
from operations.failure import Failure
from planning.plan import Plan
from planning.redis import is_cache

SIZES_SECONDS = 60
GONE = "gone"
MADE_ANEW = "there, but without our labels: somebody has removed it, and what is there now is another one"
EMPTY = "empty"


@dataclass(frozen=True, kw_only=True)
class Vanished:
    """A volume whose data is not where it was, and what is there."""

    volume: HeldVolume
    found: str


def vanished(docker: DockerCli, volumes: Collection[HeldVolume], filled: Collection[str]) -> list[Vanished]:
    """Of one host. `filled` are names of those that cannot be empty. Raises Failure when the engine cannot say."""
    inspected = docker.inspect(*(volume.name for volume in volumes), kind="volume")
    there = {one["Name"]: one for one in inspected}
    sizes = _sizes(docker) if any(volume.name in filled for volume in volumes) else {}
    found = []
    for volume in volumes:
        one = there.get(volume.name)
        if one is None:
            found.append(Vanished(volume=volume, found=GONE))
        elif not volume.labels.items() <= (one.get("Labels") or {}).items():
            found.append(Vanished(volume=volume, found=MADE_ANEW))
        elif volume.name in filled and sizes.get(volume.name) == "0B":
            found.append(Vanished(volume=volume, found=EMPTY))
    return found


def filled(volumes: Iterable[HeldVolume], plan: Plan) -> set[str]:
    """Names of volumes that hold at least a byte once their service has come up.

    An object store may have no object yet, a web service no site, a bundled model needs no volume, and a cache no disk.
    """
    return {volume.name for volume in volumes if volume.in_use and _holds_something(volume, plan)}


def _holds_something(volume: HeldVolume, plan: Plan) -> bool:
    service = plan.service(volume.service)
    assert service.container  # noqa: S101  (what has a volume has a container)
    may_be_empty = service.kind == "s3" or is_cache(plan, service)
    if may_be_empty or (service.site_volume == volume.part and not service.site):
        return False
    model = next((one.model for one in service.container.volumes if one.name == volume.part), None)
    return model is None or service.container.model is not None


def _sizes(docker: DockerCli) -> dict[str, str]:
    """The engine counts every file for it, which may take long: then emptiness is not looked at, and that is said."""
    try:
        listed = docker.run("system", "df", "--verbose", "--format", "{{json .Volumes}}", timeout=SIZES_SECONDS)
    except Failure as failure:
        print(f"{docker.place}: whether its volumes are empty was not looked at: {failure}", flush=True)
        return {}
    return {one["Name"]: one["Size"] for one in json.loads(listed) or []}
