"""What the engine's state knows of rented machines and of what stands on them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from operations.data_guard.held import HeldVolume, held_volumes
from operations.outputs import Machine
from planning.placement import serving
from planning.plan import Plan

INSTANCE = "tensordock:index:Instance"
MACHINE = "ai-platform:index:GpuMachine"
TIE = "replacementTrigger"
"""Of everything that stands on a machine: the API's id of that machine (components/tied.py)."""

Resource = Mapping[str, Any]


def instances(resources: Iterable[Resource]) -> dict[str, Resource]:
    """The machines of a stack by the names of their hosts, but for those that only wait for their record to go."""
    return {
        str(one["urn"]).rpartition("::")[2]: one
        for one in resources
        if one["type"] == INSTANCE and not one.get("delete")
    }


def machines(resources: Iterable[Resource]) -> dict[str, Machine]:
    """As the last update, which may have ended badly, has recorded them."""
    found = {}
    for one in resources:
        if one["type"] == MACHINE and (recorded := _machine(one)):
            found[str(one["urn"]).rpartition("::")[2]] = recorded
    return found


def _machine(resource: Resource) -> Machine | None:
    try:
        return Machine.model_validate((resource.get("outputs") or {}).get("machine"))
    except ValidationError:
        return None  # it was never there as a whole


def of_lost_machines(resources: Iterable[Resource], kept: Collection[str]) -> set[str]:
    """Names of what stood on machines that are none of `kept`, the API's ids of those that stay."""
    return {str(one["urn"]) for one in resources if one.get(TIE) and one[TIE] not in kept}


def data(resources: Iterable[Resource], plan: Plan, host: str) -> list[HeldVolume]:
    """Volumes of a machine that nothing brings back: models are fetched again, what people made is not."""
    services = {service.name: service for service in plan.on(host)}
    return [
        volume
        for volume in held_volumes(resources)
        if volume.host == host
        and volume.in_use
        and not (volume.service in services and serving(services[volume.service].kind) == "ollama")
        and not _holds_a_model(plan, volume)
    ]


def _holds_a_model(plan: Plan, volume: HeldVolume) -> bool:
    service = next((one for one in plan.services if one.name == volume.service), None)
    parts = service.container.volumes if service and service.container else ()
    return any(part.name == volume.part and part.model for part in parts)
