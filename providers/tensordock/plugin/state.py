"""What Pulumi records of a machine, and what is read back from there. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from providers.tensordock.client.instance import Instance
from providers.tensordock.client.status import LOST, STOPPED
from providers.tensordock.plugin.fields import INSTANCE
from providers.tensordock.plugin.readiness import SSH
from providers.tensordock.plugin.record import Record

UNKNOWN_STATUS: Final = "unknown"


def record_of(identifier: str, state: Mapping[str, Any]) -> Record:
    """What the state knows. `identifier` is the resource's id: for an import it is all there is."""
    return Record(
        name=state.get("name") or identifier,
        instance_id=state.get("instanceId"),
        location_id=state.get("locationId"),
        hourly=state.get("hourlyMicroUsd"),
        doubtful=bool(state) and not state.get("instanceId"),
        gpu_taken=bool(state.get("gpuTaken")),
        ready=bool(state.get("ready")),
    )


def state_of(record: Record, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The whole state: what was asked for, overlaid with what was seen."""
    asked = {name: value for name, value in inputs.items() if name in INSTANCE}
    known = {
        "name": record.name,
        "instanceId": record.instance_id,
        "locationId": record.location_id,
        "hourlyMicroUsd": record.hourly,
        "gpuTaken": record.gpu_taken,
        "ready": record.ready,
        "strays": record.strays,
        "status": UNKNOWN_STATUS,
        "running": True if record.doubtful else asked.get("running"),
    }
    seen = {} if record.seen is None else _seen(record.seen)
    return {name: value for name, value in {**asked, **known, **seen}.items() if value is not None}


def _seen(found: Instance) -> dict[str, Any]:
    cards = next(iter(found.resources.gpus.items()), None)
    return {
        "status": str(found.status),
        "running": found.status not in STOPPED | LOST,
        "ipAddress": found.ip_address,
        "sshPort": found.port(SSH),
        "ports": {str(each.internal_port): each.external_port for each in found.forwards},
        **_known(vcpuCount=found.resources.vcpu_count, ramGb=found.resources.ram_gb),
        **_known(storageGb=found.resources.storage_gb),
        **({} if cards is None else _known(gpuModel=cards[1].model or cards[0], gpuCount=cards[1].count)),
    }


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
