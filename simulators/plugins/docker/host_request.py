"""The host part of a container's creation: limits, ports, mounts, privileges. Pure."""

from collections.abc import Mapping
from typing import Any

from providers.common.values import Properties
from simulators.plugins.docker.device_request import device_mappings, device_requests, rates
from simulators.plugins.docker.mount_request import binds, mounts

MEGABYTE = 1024 * 1024
_NANO_CPUS = 10**9


def set_values(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request without what was not given: neither `None` nor empty lists and objects."""
    return {name: value for name, value in request.items() if value is not None and value not in ([], {})}


def host_request(inputs: Properties) -> dict[str, Any]:
    """The `HostConfig` of these inputs."""
    return set_values({**_limits(inputs), **_isolation(inputs), **_devices(inputs), **_surroundings(inputs)})


def _limits(inputs: Properties) -> dict[str, Any]:
    return {
        "Memory": _bytes(inputs.get("memory")),
        "MemoryReservation": _bytes(inputs.get("memoryReservation")),
        "MemorySwap": _bytes(inputs.get("memorySwap")),
        "ShmSize": _bytes(inputs.get("shmSize")),
        "NanoCpus": round(float(inputs["cpus"]) * _NANO_CPUS) if inputs.get("cpus") else None,
        "CpuShares": inputs.get("cpuShares"),
        "CpuPeriod": inputs.get("cpuPeriod"),
        "CpuQuota": inputs.get("cpuQuota"),
        "CpusetCpus": inputs.get("cpuSet"),
        "Ulimits": [
            {"Name": each["name"], "Soft": each["soft"], "Hard": each["hard"]} for each in inputs.get("ulimits", [])
        ],
        "StorageOpt": inputs.get("storageOpts"),
        "Sysctls": inputs.get("sysctls"),
    }


def _isolation(inputs: Properties) -> dict[str, Any]:
    capabilities = inputs.get("capabilities") or {}
    return {
        "CapAdd": capabilities.get("adds"),
        "CapDrop": capabilities.get("drops"),
        "SecurityOpt": inputs.get("securityOpts"),
        "GroupAdd": inputs.get("groupAdds"),
        "Privileged": inputs.get("privileged"),
        "ReadonlyRootfs": inputs.get("readOnly"),
        "IpcMode": inputs.get("ipcMode"),
        "PidMode": inputs.get("pidMode"),
        "UsernsMode": inputs.get("usernsMode"),
        "CgroupParent": inputs.get("cgroupParent"),
        "CgroupnsMode": inputs.get("cgroupnsMode"),
        "Runtime": inputs.get("runtime"),
        "Init": bool(inputs.get("init")),
    }


def _devices(inputs: Properties) -> dict[str, Any]:
    return {
        "Devices": device_mappings(inputs.get("devices", [])),
        "DeviceRequests": device_requests(inputs.get("gpus"), inputs.get("deviceRequests", [])),
        "DeviceCgroupRules": inputs.get("deviceCgroupRules"),
        "BlkioDeviceReadBps": rates(inputs.get("deviceReadBps", [])),
        "BlkioDeviceReadIOps": rates(inputs.get("deviceReadIops", [])),
        "BlkioDeviceWriteBps": rates(inputs.get("deviceWriteBps", [])),
        "BlkioDeviceWriteIOps": rates(inputs.get("deviceWriteIops", [])),
    }


def _surroundings(inputs: Properties) -> dict[str, Any]:
    return {
        "Mounts": mounts(inputs.get("mounts", [])),
        "Binds": binds(inputs.get("volumes", [])),
        "VolumesFrom": [each["fromContainer"] for each in inputs.get("volumes", []) if each.get("fromContainer")],
        "Tmpfs": inputs.get("tmpfs"),
        "PortBindings": _port_bindings(inputs.get("ports", [])),
        "PublishAllPorts": inputs.get("publishAllPorts"),
        "NetworkMode": inputs.get("networkMode"),
        "Dns": inputs.get("dns"),
        "DnsOptions": inputs.get("dnsOpts"),
        "DnsSearch": inputs.get("dnsSearches"),
        "ExtraHosts": [f"{each['host']}:{each['ip']}" for each in inputs.get("hosts", [])],
        "LogConfig": set_values({"Type": inputs.get("logDriver"), "Config": inputs.get("logOpts")}),
        "AutoRemove": inputs.get("rm"),
        "RestartPolicy": {
            "Name": inputs.get("restart", "no"),
            "MaximumRetryCount": inputs.get("maxRetryCount", 0),
        },
    }


def _port_bindings(ports: list[Properties]) -> dict[str, list[dict[str, str]]]:
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in ports:
        end = {"HostIp": port.get("ip", "0.0.0.0"), "HostPort": str(port.get("external", 0))}  # noqa: S104
        bindings.setdefault(f"{port['internal']}/{port.get('protocol', 'tcp')}", []).append(end)
    return bindings


def _bytes(megabytes: int | None) -> int | None:
    """Bytes; -1, which stands for unlimited swap, stays."""
    return megabytes * MEGABYTE if megabytes is not None and megabytes > 0 else megabytes
