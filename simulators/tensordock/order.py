"""What a client ordered, checked as the API checks it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MINIMUM_STORAGE_GB = 100
SSH = 22


@dataclass(frozen=True, slots=True)
class Order:
    """One virtual machine as ordered."""

    name: str
    image: str
    vcpus: int
    ram_gb: int
    storage_gb: int
    gpu_model: str
    gpu_count: int
    location: str
    dedicated_ip: bool
    forwards: tuple[tuple[int, int], ...] = ()
    ssh_key: str = ""
    ssh_key_id: str = ""
    cloud_init: Mapping[str, Any] = field(default_factory=dict)


def problems(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the API refuses, as the array that it answers with; empty for a good order."""
    resources = attributes.get("resources") or {}
    found = {
        "name": "Required" if not (attributes.get("name") and isinstance(attributes["name"], str)) else "",
        "image": "Required" if not attributes.get("image") else "",
        "location_id": "Exactly one of location_id and hostnode_id must be given"
        if bool(attributes.get("location_id")) == bool(attributes.get("hostnode_id")) else "",
        "ssh_key": "Exactly one of ssh_key and ssh_key_id must be given"
        if bool(attributes.get("ssh_key")) == bool(attributes.get("ssh_key_id")) else "",
        "resources.storage_gb": f"Minimum storage is {MINIMUM_STORAGE_GB} GB"
        if resources.get("storage_gb", 0) < MINIMUM_STORAGE_GB else "",
        "resources.vcpu_count": "vCPU count must be even" if resources.get("vcpu_count", 1) % 2 else "",
        "resources.gpus": "At least one GPU is required" if not resources.get("gpus") else "",
        "port_forwards": "SSH port (22) must be forwarded for Ubuntu VMs" if not _ssh_reachable(attributes) else "",
    }  # fmt: skip
    return [
        {"code": "custom", "message": message, "path": ["data", "attributes", *name.split(".")]}
        for name, message in found.items()
        if message
    ]


def _ssh_reachable(attributes: Mapping[str, Any]) -> bool:
    forwards = attributes.get("port_forwards") or []
    return bool(attributes.get("useDedicatedIp")) or any(each.get("internal_port") == SSH for each in forwards)


def order(attributes: Mapping[str, Any], location: str) -> Order:
    """The order of checked attributes; `location` is where its host stands."""
    resources = attributes["resources"]
    model, cards = next(iter(resources["gpus"].items()))
    forwards = attributes.get("port_forwards") or []
    return Order(
        name=attributes["name"],
        image=attributes["image"],
        vcpus=resources["vcpu_count"],
        ram_gb=resources["ram_gb"],
        storage_gb=resources["storage_gb"],
        gpu_model=model,
        gpu_count=cards["count"],
        location=location,
        dedicated_ip=bool(attributes.get("useDedicatedIp")),
        forwards=tuple((each["internal_port"], each["external_port"]) for each in forwards),
        ssh_key=attributes.get("ssh_key", ""),
        ssh_key_id=attributes.get("ssh_key_id", ""),
        cloud_init=attributes.get("cloud_init") or {},
    )
