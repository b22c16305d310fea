"""One compose file a host: the same containers, names, volumes and limits as the platform makes (Compose 2.23.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.definition import Healthcheck
from eject.variables import literal, referring
from planning.plan import Container, Plan, PlannedService

STOP_SECONDS = 20


def compose(plan: Plan, host: str) -> dict[str, Any] | None:
    """None for a host without containers. Volumes keep their names: data that is there is used on."""
    services = [service for service in plan.on(host) if service.container]
    if not services:
        return None
    made = {service.name: _service(plan, service, service.container) for service in services if service.container}
    volumes = {
        f"{service.name}-{volume.name}": {"name": f"ai-platform-{plan.name}-{service.name}-{volume.name}"}
        for service in services
        for volume in (service.container.volumes if service.container else ())
    }
    configs = {
        _config(service, number): {"content": referring(file.template)}
        for service in services
        for number, file in enumerate(service.container.given if service.container else ())
    }
    network = {"default": {"name": f"ai-platform-{plan.name}"}}
    parts = {"services": made, "networks": network, "volumes": volumes, "configs": configs}
    return {"name": f"ai-platform-{plan.name}", **{name: part for name, part in parts.items() if part}}


def _service(plan: Plan, service: PlannedService, container: Container) -> dict[str, Any]:
    found: dict[str, Any] = {
        "image": container.image,
        "container_name": container.name,
        "entrypoint": [literal(part) for part in container.entrypoint],
        "command": [literal(part) for part in container.command],
        "environment": [literal(part) for part in container.environment],
        "configs": [
            {"source": _config(service, number), "target": file.path, "mode": file.mode}
            for number, file in enumerate(container.given)
        ],
        "volumes": [f"{service.name}-{volume.name}:{volume.path}" for volume in container.volumes],
        "tmpfs": [f"{path}:mode=1777" for path in container.tmpfs],
        "user": container.user,
        "cap_add": list(container.capabilities),
        "healthcheck": _healthcheck(container.healthcheck) if container.healthcheck else None,
        "depends_on": _needs(plan, service),
    }
    return {name: value for name, value in found.items() if value} | {
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "ports": [f"{container.publish_address}:{service.port}:{container.container_port}/tcp"],
        "networks": {"default": {"aliases": [service.name]}},
        "extra_hosts": ["host.docker.internal:host-gateway"],
        "mem_limit": f"{container.memory_mb}m",
        "memswap_limit": f"{container.memory_mb}m",
        "cpus": container.cpus,
        "restart": "unless-stopped",
        "stop_grace_period": f"{STOP_SECONDS}s",
        "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
        "labels": {"ai-platform.environment": plan.name, "ai-platform.service": service.name},
    }


def _needs(plan: Plan, service: PlannedService) -> Mapping[str, Any]:
    """What it needs in the same file; what runs on another host has to be up before."""
    found = {}
    for name in service.needs:
        needed = plan.service(name)
        if needed.host == service.host and needed.container:
            healthy = "service_healthy" if needed.container.healthcheck else "service_started"
            found[name] = {"condition": healthy}
    return found


def _healthcheck(check: Healthcheck) -> Mapping[str, Any]:
    return {
        "test": [literal(part.replace("$$", "$")) for part in check.test],
        "interval": f"{check.interval}s",
        "timeout": f"{check.timeout}s",
        "start_period": f"{check.start_period}s",
        "retries": check.retries,
    }


def _config(service: PlannedService, number: int) -> str:
    return f"{service.name}-{number}"
