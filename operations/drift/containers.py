"""What has become of containers, volumes and networks that the state knows, by one look at each engine. Pure.

It takes `docker inspect` in place of the engine's refresh: a tenth of the time, and enough to know whether a refresh
would find anything that an update has to mend.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.definition import holds_data
from operations.drift.resources import CONTAINER, DOCKER_HOST

VOLUME = "docker:index/volume:Volume"
NETWORK = "docker:index/network:Network"
MEGABYTE = 1 << 20

Resource = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What the state knows of one host, by the ids of the engine; a volume's id is its name."""

    containers: Mapping[str, Resource]
    networks: Mapping[str, Resource]
    volumes: Mapping[str, Resource]

    @property
    def identifiers(self) -> list[str]:
        """All of them, as `docker inspect` takes them."""
        return sorted({*self.containers, *self.networks, *self.volumes})


@dataclass(frozen=True, kw_only=True)
class Condition:
    """`stopped` maps ids of containers that only have to be started to their names.

    `edited` names what a refresh and an update mend: gone, or with other limits or networks. `lost` are the volumes
    that are gone, and with them their data.
    """

    stopped: Mapping[str, str]
    edited: tuple[str, ...]
    lost: tuple[Resource, ...]


def recorded(resources: Iterable[Resource], host: str) -> Recorded:
    """The part of the state that stands on the Docker engine of a host."""
    by_type: dict[str, dict[str, Resource]] = {CONTAINER: {}, NETWORK: {}, VOLUME: {}}
    for one in resources:
        on = DOCKER_HOST.search(str(one.get("provider", "")))
        if on and on[1] == host and one["type"] in by_type and not without_data(one):
            by_type[one["type"]][str(one["id"])] = one
    return Recorded(containers=by_type[CONTAINER], networks=by_type[NETWORK], volumes=by_type[VOLUME])


def without_data(resource: Resource) -> bool:
    """Whether it is a volume whose loss a refresh and an update mend like that of a container."""
    return resource["type"] == VOLUME and not holds_data((resource.get("inputs") or {}).get("labels") or [])


def condition(known: Recorded, inspected: Iterable[Resource]) -> Condition:
    """`inspected` is `docker inspect` of all that is known, as far as it is there."""
    found = {str(one.get("Id") or one.get("Name")): one for one in inspected}
    stopped: dict[str, str] = {}
    edited = [f"network {identifier[:12]}" for identifier in known.networks.keys() - found.keys()]
    for identifier, resource in known.containers.items():
        name, one = str(resource["inputs"]["name"]), found.get(identifier)
        if one is None or _edited(resource["inputs"], one):
            edited.append(name)
        elif one["State"]["Status"] in ("created", "exited"):
            stopped[identifier] = name
    lost = tuple(one for name, one in known.volumes.items() if name not in found)
    return Condition(stopped=stopped, edited=tuple(sorted(edited)), lost=lost)


def _edited(declared: Resource, found: Resource) -> bool:
    """Whether somebody has changed what can be changed of a container that is there."""
    limits = found["HostConfig"]
    networks = {network["name"] for network in declared.get("networksAdvanced") or []}
    return bool(
        limits["Memory"] != int(declared.get("memory", 0)) * MEGABYTE
        or limits["RestartPolicy"]["Name"] != declared.get("restart", "no")
        or not networks <= set(found["NetworkSettings"]["Networks"])
    )
