"""Which data the state knows of: volumes, and the machines that they are on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hosts.role import COMPONENT_TYPES
from operations.drift.containers import VOLUME, without_data
from operations.drift.resources import CONTAINER, DOCKER_HOST

Resource = Mapping[str, Any]
PROVIDER = "pulumi:providers:docker"
MACHINES = {component: platform for platform, component in COMPONENT_TYPES.items()}


@dataclass(frozen=True, kw_only=True)
class HeldVolume:
    """A volume by its name on the engine; `part` is the name that the catalogue gives it.

    `in_use`: a container of the service has come up with it, so that there is something in it.
    """

    urn: str
    name: str
    service: str
    part: str
    host: str
    labels: Mapping[str, str]
    in_use: bool


@dataclass(frozen=True, kw_only=True)
class HeldHost:
    """A machine as the last run knew it. `kind` is None where nobody provisioned it, `address` on this machine."""

    name: str
    kind: str | None
    address: str | None


def held_volumes(resources: Iterable[Resource]) -> list[HeldVolume]:
    """Every volume of data that is recorded; not those that are replaced already and wait for their record to go."""
    known = [one for one in resources if not one.get("delete") and not without_data(one)]
    ready = {one.get("parent") for one in known if one["type"] == CONTAINER and not one.get("initErrors")}
    return [_volume(one, one.get("parent") in ready) for one in known if one["type"] == VOLUME]


def _volume(resource: Resource, in_use: bool) -> HeldVolume:
    service = str(resource["parent"]).rpartition("::")[2]
    host = DOCKER_HOST.search(str(resource.get("provider", "")))
    return HeldVolume(
        urn=resource["urn"],
        name=str(resource["id"]),
        service=service,
        part=str(resource["urn"]).rpartition("::")[2].removeprefix(f"{service}-"),
        host=host[1] if host else "",
        labels={label["label"]: label["value"] for label in resource["inputs"].get("labels") or []},
        in_use=in_use,
    )


def held_hosts(resources: Iterable[Resource]) -> dict[str, HeldHost]:
    """Every machine that was provisioned, or whose Docker engine was used."""
    kinds: dict[str, str] = {}
    addresses: dict[str, str | None] = {}
    for one in resources:
        name = str(one["urn"]).rpartition("::")[2]
        if one["type"] in MACHINES:
            kinds[name] = MACHINES[one["type"]]
        elif one["type"] == PROVIDER:
            addresses[name.removeprefix("docker-")] = urlsplit(str(one["inputs"].get("host") or "")).hostname
    names = sorted({*kinds, *addresses})
    return {name: HeldHost(name=name, kind=kinds.get(name), address=addresses.get(name)) for name in names}
