"""Mounts and volumes of a container's creation. Pure."""

from typing import Any

from providers.common.values import Properties


def mounts(given: list[Properties]) -> list[dict[str, Any]]:
    """`HostConfig.Mounts` of the `mounts` input."""
    return [_mount(each) for each in given]


def binds(volumes: list[Properties]) -> list[str]:
    """`HostConfig.Binds` of the `volumes` input: named volumes and host folders."""
    return [_bind(each) for each in volumes if each.get("volumeName") or each.get("hostPath")]


def _mount(given: Properties) -> dict[str, Any]:
    mount: dict[str, Any] = {
        "Type": given["type"],
        "Target": given["target"],
        "Source": given.get("source", ""),
        "ReadOnly": bool(given.get("readOnly")),
    }
    if (bind := given.get("bindOptions")) is not None:
        mount["BindOptions"] = {"Propagation": bind.get("propagation", "")}
    if (memory := given.get("tmpfsOptions")) is not None:
        mount["TmpfsOptions"] = {"SizeBytes": memory.get("sizeBytes", 0), "Mode": memory.get("mode", 0)}
    if (volume := given.get("volumeOptions")) is not None:
        mount["VolumeOptions"] = {
            "NoCopy": bool(volume.get("noCopy")),
            "Labels": {each["label"]: each["value"] for each in volume.get("labels", [])},
            "DriverConfig": {"Name": volume.get("driverName", ""), "Options": volume.get("driverOptions", {})},
        }
        if volume.get("subpath"):
            mount["VolumeOptions"]["Subpath"] = volume["subpath"]
    return mount


def _bind(volume: Properties) -> str:
    modes = ["ro" if volume.get("readOnly") else "rw", *filter(None, [volume.get("selinuxRelabel")])]
    return f"{volume.get('volumeName') or volume['hostPath']}:{volume['containerPath']}:{','.join(modes)}"
