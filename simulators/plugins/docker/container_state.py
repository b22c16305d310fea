"""What the official plugin reads back of a container. Pure.

Reproduced on purpose: environment and labels are never read; durations come in Go's spelling, memory in MB, swap
as the engine doubled it, capabilities as the engine spells them, the image as its id, ports as the engine really
publishes them (none for a stopped container or on an internal network).
"""

from typing import Any

from providers.common.values import Properties
from simulators.plugins.docker.durations import spelled
from simulators.plugins.docker.host_state import host_state


def container_state(found: dict[str, Any], known: Properties) -> Properties:
    """The state after a reading: what was known, overlaid with what the engine tells (`docker inspect`)."""
    config, state = found["Config"], found["State"]
    read = {
        "name": found["Name"].removeprefix("/"),
        "image": found["Image"],
        "platform": known.get("platform", found.get("Platform")),
        "hostname": config["Hostname"],
        "domainname": config["Domainname"],
        "command": config["Cmd"] or [],
        "entrypoints": config["Entrypoint"] or [],
        "envs": known.get("envs", []),
        "labels": known.get("labels", []),
        "user": config["User"],
        "workingDir": config["WorkingDir"],
        "tty": config["Tty"],
        "stdinOpen": config["OpenStdin"],
        "stopSignal": config.get("StopSignal", ""),
        "stopTimeout": config.get("StopTimeout", 0),
        "healthcheck": _healthcheck(config.get("Healthcheck")),
        "bridge": found["NetworkSettings"]["Bridge"],
        "ports": _ports(found["NetworkSettings"]["Ports"] or {}),
        "networkDatas": _networks(found["NetworkSettings"]["Networks"] or {}),
        "exitCode": known.get("exitCode", 0) if state["Running"] else state["ExitCode"],
        "containerLogs": known.get("containerLogs", ""),
        "mustRun": known.get("mustRun", True) and state["Running"],
        **host_state(found["HostConfig"]),
    }
    return {name: value for name, value in {**known, **read}.items() if value is not None}


def _healthcheck(check: dict[str, Any] | None) -> Properties | None:
    if check is None:
        return None
    return {
        "tests": check.get("Test", []),
        "interval": spelled(check.get("Interval", 0)),
        "timeout": spelled(check.get("Timeout", 0)),
        "startPeriod": spelled(check.get("StartPeriod", 0)),
        "startInterval": spelled(check.get("StartInterval", 0)),
        "retries": check.get("Retries", 0),
    }


def _ports(published: dict[str, list[dict[str, str]] | None]) -> list[Properties]:
    ports = []
    for key in sorted(published, key=lambda key: int(key.partition("/")[0])):
        internal, _, protocol = key.partition("/")
        for end in published[key] or []:
            external = {"external": int(end["HostPort"]), "ip": end["HostIp"]}
            ports.append({"internal": int(internal), "protocol": protocol, **external})
    return ports


def _networks(networks: dict[str, dict[str, Any]]) -> list[Properties]:
    return [
        {
            "networkName": name,
            "ipAddress": network["IPAddress"],
            "ipPrefixLength": network["IPPrefixLen"],
            "gateway": network["Gateway"],
            "globalIpv6Address": network["GlobalIPv6Address"],
            "globalIpv6PrefixLength": network["GlobalIPv6PrefixLen"],
            "ipv6Gateway": network["IPv6Gateway"],
            "macAddress": network["MacAddress"],
        }
        for name, network in sorted(networks.items())
    ]
