"""What a Linux host of the plan is to be."""

from __future__ import annotations

from hosts.backup_jobs import PACKAGE, backup_jobs
from hosts.directory import Directory
from hosts.job import Job
from hosts.linux.dead_man import DeadMan
from hosts.linux.spec import LinuxSpec
from hosts.linux.user import User
from hosts.package import Package
from planning.firewall import rules
from planning.plan import Plan
from settings.alerts import WEBHOOK_URL
from settings.host import Host

ENGINE_MEMORY_MB = 512
"""What the system and the Docker engine take beside the containers' own limits."""


FIRST_BOOT_SECONDS = 900
"""Drivers and half installed packages of a rented machine take minutes to come right."""


def planned_linux(plan: Plan, name: str) -> LinuxSpec:
    """The specification of the Linux host `name`, rented or not. Raises ValueError when the plan's host is none."""
    host = plan.hosts[name]
    if host.kind not in ("linux", "gpu_vm") or host.ssh is None:
        raise ValueError(f"hosts.{name} is not a linux host")
    jobs = backup_jobs(plan, name)
    containers = [service.container for service in plan.on(name) if service.container]
    return LinuxSpec(
        user=host.ssh.user,
        packages=_packages(host, jobs),
        directories=tuple(Directory(path=one.path, mode=int(one.mode, 8)) for one in host.directories),
        users=tuple(
            User(name=user, authorized_keys=settings.authorized_keys, admin=settings.admin)
            for user, settings in sorted(host.users.items())
        ),
        jobs=jobs,
        sysctl=host.sysctl,
        firewall=rules(plan, name),
        container_ports=tuple(container.container_port for container in containers),
        docker=bool(containers or host.gpu),
        dead_man=_dead_man(plan, name),
        gpu_memory_gb=host.gpu.vram_gb if host.gpu else 0,
        memory_mb=ENGINE_MEMORY_MB + sum(container.memory_mb for container in containers),
        first_boot_seconds=FIRST_BOOT_SECONDS if host.rented else 0,
    )


def _dead_man(plan: Plan, name: str) -> DeadMan | None:
    """Of a rented machine: somebody must look whether it is idle."""
    host = plan.hosts[name]
    if not host.rented or host.gpu is None:
        return None
    gate = next((service.port for service in plan.on(name) if service.kind == "gate"), None)
    webhook = f"secret.{WEBHOOK_URL}" if plan.environment.alerts and plan.environment.alerts.webhook else ""
    return DeadMan(name=f"{plan.name}/{name}", minutes=host.gpu.dead_man_minutes, gate_port=gate, webhook=webhook)


def _packages(host: Host, jobs: tuple[Job, ...]) -> tuple[Package, ...]:
    """Those of the settings, whose versions count, and what jobs need."""
    given = {one.name: Package(name=one.name, version=one.version) for one in host.packages}
    needed = {PACKAGE: Package(name=PACKAGE)} if jobs else {}
    return tuple((needed | given).values())
