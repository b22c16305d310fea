"""What a Linux host of the plan is to be."""

from __future__ import annotations

from hosts.backup_jobs import PACKAGE, backup_jobs
from hosts.directory import Directory
from hosts.job import Job
from hosts.linux.spec import LinuxSpec
from hosts.linux.user import User
from hosts.package import Package
from planning.firewall import rules
from planning.plan import Plan
from settings.host import Host

ENGINE_MEMORY_MB = 512
"""What the system and the Docker engine take beside the containers' own limits."""


def planned_linux(plan: Plan, name: str) -> LinuxSpec:
    """The specification of the Linux host `name`. Raises ValueError when the plan's host is none."""
    host = plan.hosts[name]
    if host.kind != "linux" or host.ssh is None:
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
        gpu_memory_gb=host.gpu.vram_gb if host.gpu else 0,
        memory_mb=ENGINE_MEMORY_MB + sum(container.memory_mb for container in containers),
    )


def _packages(host: Host, jobs: tuple[Job, ...]) -> tuple[Package, ...]:
    """Those of the settings, whose versions count, and what jobs need."""
    given = {one.name: Package(name=one.name, version=one.version) for one in host.packages}
    needed = {PACKAGE: Package(name=PACKAGE)} if jobs else {}
    return tuple((needed | given).values())
