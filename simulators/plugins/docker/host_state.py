"""What the official plugin reads back of a container's host configuration. Pure."""

from typing import Any

from providers.common.values import Properties
from simulators.plugins.docker.host_request import MEGABYTE


def host_state(host: dict[str, Any]) -> Properties:
    """The properties that `HostConfig` of `docker inspect` tells, in the spelling of the official plugin."""
    return {**_limits(host), **_isolation(host), **_surroundings(host)}


def _limits(host: dict[str, Any]) -> Properties:
    swap = host["MemorySwap"]
    return {
        "memory": host["Memory"] // MEGABYTE,
        "memorySwap": swap // MEGABYTE if swap > 0 else swap,
        "shmSize": host["ShmSize"] // MEGABYTE,
        "cpuShares": host["CpuShares"],
        "cpuSet": host["CpusetCpus"],
        "ulimits": [
            {"name": each["Name"], "soft": each["Soft"], "hard": each["Hard"]} for each in host["Ulimits"] or []
        ],
        "storageOpts": host.get("StorageOpt"),
        "sysctls": host.get("Sysctls"),
    }


def _isolation(host: dict[str, Any]) -> Properties:
    return {
        "capabilities": _capabilities(host["CapAdd"] or [], host["CapDrop"] or []),
        "securityOpts": host["SecurityOpt"] or [],
        "groupAdds": host["GroupAdd"],
        "privileged": host["Privileged"],
        "readOnly": host["ReadonlyRootfs"],
        "ipcMode": host["IpcMode"],
        "pidMode": host["PidMode"],
        "usernsMode": host["UsernsMode"],
        "runtime": host["Runtime"],
        "init": bool(host.get("Init")),
        "devices": [
            {
                "hostPath": each["PathOnHost"],
                "containerPath": each["PathInContainer"],
                "permissions": each["CgroupPermissions"],
            }
            for each in host["Devices"] or []
        ],
    }


def _surroundings(host: dict[str, Any]) -> Properties:
    return {
        "mounts": [_mount(each) for each in host.get("Mounts") or []],
        "tmpfs": host.get("Tmpfs"),
        "publishAllPorts": host["PublishAllPorts"],
        "networkMode": host["NetworkMode"],
        "dns": host["Dns"],
        "dnsOpts": host["DnsOptions"],
        "dnsSearches": host["DnsSearch"],
        "hosts": [dict(zip(("host", "ip"), each.split(":", 1), strict=True)) for each in host["ExtraHosts"] or []],
        "logDriver": host["LogConfig"]["Type"],
        "logOpts": host["LogConfig"]["Config"],
        "rm": host["AutoRemove"],
        "restart": host["RestartPolicy"]["Name"],
        "maxRetryCount": host["RestartPolicy"]["MaximumRetryCount"],
    }


def _capabilities(adds: list[str], drops: list[str]) -> Properties | None:
    if not adds and not drops:
        return None
    return {"adds": [_capability(name) for name in adds], "drops": [_capability(name) for name in drops]}


def _capability(name: str) -> str:
    """The engine answers in the spelling of the request; the official plugin wants a replacement of the short one."""
    return name if name == "ALL" or name.startswith("CAP_") else f"CAP_{name}"


def _mount(mount: dict[str, Any]) -> Properties:
    state: Properties = {
        "target": mount["Target"],
        "type": mount["Type"],
        "source": mount.get("Source", ""),
        "readOnly": mount.get("ReadOnly", False),
    }
    if bind := mount.get("BindOptions"):
        state["bindOptions"] = {"propagation": bind.get("Propagation", "")}
    if memory := mount.get("TmpfsOptions"):
        state["tmpfsOptions"] = {"sizeBytes": memory.get("SizeBytes", 0), "mode": memory.get("Mode", 0)}
    if volume := mount.get("VolumeOptions"):
        driver = volume.get("DriverConfig") or {}
        labels = sorted((volume.get("Labels") or {}).items())
        state["volumeOptions"] = {
            "noCopy": volume.get("NoCopy", False),
            "labels": [{"label": label, "value": value} for label, value in labels],
            "driverName": driver.get("Name", ""),
            "driverOptions": driver.get("Options") or {},
            "subpath": volume.get("Subpath", ""),
        }
    return state
