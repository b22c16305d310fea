"""What a Mac of the plan is to be: which packages, which native services, how large its container machine."""

from __future__ import annotations

import math

from catalogue.language_models import SIZES_GB
from components.host_script.spec import Colima, HostSpec, Ollama, Package
from planning.plan import Plan, PlannedService

MACHINE_OVERHEAD_MB = 512
"""What the engine inside Colima's machine takes beside the containers' own limits."""


def mac_role(plan: Plan, name: str) -> HostSpec:
    """The specification of the Mac `name`. Raises ValueError when the plan's host is not a Mac."""
    host = plan.hosts[name]
    if host.kind != "mac" or host.ssh is None:
        raise ValueError(f"hosts.{name} is not a mac")
    services = plan.on(name)
    containers = [service.container for service in services if service.container]
    native = next((service for service in services if service.kind == "ollama-native"), None)
    packages = [Package(formula="colima"), Package(formula="docker")] if containers else []
    if native:
        packages.append(Package(formula="ollama"))
    memory_mb = MACHINE_OVERHEAD_MB + sum(container.memory_mb for container in containers)
    return HostSpec(
        user=host.ssh.user,
        packages=tuple(packages),
        ollama=_ollama(plan, native) if native else None,
        colima=Colima(
            cpus=max(1, min(math.ceil(sum(container.cpus for container in containers)), math.floor(host.cpus))),
            memory_gib=math.ceil(memory_mb / 1024),
            disk_gib=max(20, math.floor(host.disk_gb / 4)),
        )
        if containers
        else None,
        wired_limit_mb=_wired_limit_mb(plan, native) if native else 0,
    )


def _ollama(plan: Plan, service: PlannedService) -> Ollama:
    settings = plan.environment.services[service.name]
    return Ollama(bind="0.0.0.0", port=service.port, loaded_models=settings.loaded_models, keep_alive="30m")  # noqa: S104


def _wired_limit_mb(plan: Plan, service: PlannedService) -> int:
    """Memory for the models that are loaded at once; 0 (macOS's default share) while they need less than 8 GB."""
    sizes = SIZES_GB | plan.environment.models.sizes_gb
    loaded = plan.environment.services[service.name].loaded_models
    needed = sum(sorted((sizes[model] for model in service.models), reverse=True)[:loaded])
    return math.ceil(needed * 1.15) * 1024 if needed >= 8 else 0
