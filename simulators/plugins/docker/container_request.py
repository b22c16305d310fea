"""The Docker API request that creates a container from its inputs. Pure; sizes are MB there and bytes here."""

from typing import Any

from providers.common.values import Properties
from simulators.plugins.docker.durations import nanoseconds
from simulators.plugins.docker.host_request import host_request, set_values


def create_request(inputs: Properties) -> dict[str, Any]:
    """The body of `POST /containers/create`; what the inputs leave out is left to the engine."""
    request = {
        "Image": inputs["image"],
        "Hostname": inputs.get("hostname"),
        "Domainname": inputs.get("domainname"),
        "Env": inputs.get("envs"),
        "Cmd": inputs.get("command"),
        "Entrypoint": inputs.get("entrypoints"),
        "User": inputs.get("user"),
        "WorkingDir": inputs.get("workingDir"),
        "Tty": inputs.get("tty"),
        "OpenStdin": inputs.get("stdinOpen"),
        "StopSignal": inputs.get("stopSignal"),
        "StopTimeout": inputs.get("stopTimeout"),
        "Labels": {each["label"]: each["value"] for each in inputs.get("labels", [])},
        "ExposedPorts": {f"{port['internal']}/{port.get('protocol', 'tcp')}": {} for port in inputs.get("ports", [])},
        "Volumes": {each["containerPath"]: {} for each in inputs.get("volumes", []) if each.get("containerPath")},
        "Healthcheck": _healthcheck(inputs.get("healthcheck")),
    }
    return {**set_values(request), "HostConfig": host_request(inputs)}


def update_arguments(inputs: Properties) -> dict[str, Any]:
    """The arguments of the SDK's `update_container`: all that the official plugin changes in place."""
    host = host_request(inputs)
    limits = {
        "cpu_period": host.get("CpuPeriod"),
        "cpu_quota": host.get("CpuQuota"),
        "cpu_shares": host.get("CpuShares"),
        "cpuset_cpus": host.get("CpusetCpus"),
        "mem_limit": host.get("Memory"),
        "mem_reservation": host.get("MemoryReservation"),
        "memswap_limit": host.get("MemorySwap"),
    }
    return {**set_values(limits), "restart_policy": host["RestartPolicy"]}


def _healthcheck(check: Properties | None) -> dict[str, Any] | None:
    if check is None:
        return None
    return set_values(
        {
            "Test": check.get("tests"),
            "Interval": nanoseconds(check.get("interval", "0s")),
            "Timeout": nanoseconds(check.get("timeout", "0s")),
            "StartPeriod": nanoseconds(check.get("startPeriod", "0s")),
            "StartInterval": nanoseconds(check.get("startInterval", "0s")) or None,
            "Retries": check.get("retries", 0),
        }
    )
