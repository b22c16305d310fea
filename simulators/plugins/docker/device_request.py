"""Devices and accelerators of a container's creation. Pure."""

from typing import Any

from providers.common.values import Properties


def device_mappings(devices: list[Properties]) -> list[dict[str, str]]:
    """`HostConfig.Devices`: the same path inside, and all rights, where nothing else is said."""
    return [
        {
            "PathOnHost": each["hostPath"],
            "PathInContainer": each.get("containerPath") or each["hostPath"],
            "CgroupPermissions": each.get("permissions") or "rwm",
        }
        for each in devices
    ]


def device_requests(gpus: str | None, requests: list[Properties]) -> list[dict[str, Any]]:
    """`HostConfig.DeviceRequests` of either the `gpus` or the `deviceRequests` input."""
    if gpus:
        return [_gpus(gpus)]
    return [_request(each) for each in requests]


def rates(limits: list[Properties]) -> list[dict[str, Any]]:
    """A list of `HostConfig.BlkioDevice...` limits."""
    return [{"Path": each["path"], "Rate": each["rate"]} for each in limits]


def _gpus(gpus: str) -> dict[str, Any]:
    ids = gpus.removeprefix("device=").split(",") if gpus.startswith("device=") else []
    count = 0 if ids else -1 if gpus == "all" else int(gpus)
    return {"Driver": "", "Count": count, "DeviceIDs": ids or None, "Capabilities": [["gpu"]], "Options": {}}


def _request(given: Properties) -> dict[str, Any]:
    return {
        "Driver": given.get("driver", "cdi"),
        "Count": given.get("count", 0),
        "DeviceIDs": given.get("deviceIds"),
        "Capabilities": [given["capabilities"]] if given.get("capabilities") else None,
        "Options": given.get("options", {}),
    }
