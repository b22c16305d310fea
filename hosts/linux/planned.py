"""What a Linux host of the plan is to be."""

from __future__ import annotations

from hosts.directory import Directory
from hosts.linux.spec import LinuxSpec
from hosts.linux.user import User
from hosts.package import Package
from planning.firewall import rules
from planning.plan import Plan

ENGINE_MEMORY_MB = 512
"""What the system and the Docker engine take beside the containers' own limits."""


FIRST_BOOT_SECONDS = 900
"""Drivers and half installed packages of a rented machine take minutes to come right."""


def planned_linux(plan: Plan, name: str) -> LinuxSpec:
    """The specification of the Linux host `name`, rented or not. Raises ValueError when the plan's host is none."""
    host = plan.hosts[name]
    if host.kind not in ("linux", "gpu_vm") or host.ssh is None:
        raise ValueError(f"hosts.{name} is not a linux host")
    containers = [service.container for service in plan.on(name) if service.container]
    return LinuxSpec(
        user=host.ssh.user,
        packages=tuple(Package(name=one.name, version=one.version) for one in host.packages),
        directories=tuple(Directory(path=one.path, mode=int(one.mode, 8)) for one in host.directories),
        users=tuple(
            User(name=user, authorized_keys=settings.authorized_keys, admin=settings.admin)
            for user, settings in sorted(host.users.items())
        ),
        sysctl=host.sysctl,
        firewall=rules(plan, name),
        container_ports=tuple(container.container_port for container in containers),
        docker=bool(containers or host.gpu),
        gpu_memory_gb=host.gpu.vram_gb if host.gpu else 0,
        memory_mb=ENGINE_MEMORY_MB + sum(container.memory_mb for container in containers),
        first_boot_seconds=FIRST_BOOT_SECONDS if host.rented else 0,
    )
