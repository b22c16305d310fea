"""What one Linux host is to be. Everything not named here is left as it is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hosts.directory import Directory
from hosts.job import Job
from hosts.linux.dead_man import DeadMan
from hosts.linux.unit import Unit
from hosts.linux.user import User
from hosts.package import Package
from planning.firewall import Rule

PACKAGE_WAIT_SECONDS = 600
"""So long another program may hold apt: unattended-upgrades takes minutes."""


@dataclass(frozen=True, kw_only=True)
class LinuxSpec:
    """Debian 12 or Ubuntu 22.04, or newer. `user` logs in and may use Docker; it needs sudo without a password.

    firewall: who may reach which port. container_ports: ports inside containers, which nobody may reach but through
    the published ones. dead_man: of a rented machine. gpu_memory_gb: NVIDIA memory that must be there (10^9 bytes);
    0 for a host without a card. jobs: commands that it runs by itself. sysctl: kernel settings beside ours.
    memory_mb: what the host must have. first_boot_seconds: how long a machine that was just ordered may take to become
    one that can be set up.
    """

    user: str
    packages: tuple[Package, ...] = ()
    directories: tuple[Directory, ...] = ()
    users: tuple[User, ...] = ()
    units: tuple[Unit, ...] = ()
    jobs: tuple[Job, ...] = ()
    sysctl: Mapping[str, str] = field(default_factory=dict)
    firewall: tuple[Rule, ...] = ()
    container_ports: tuple[int, ...] = ()
    docker: bool = False
    dead_man: DeadMan | None = None
    gpu_memory_gb: float = 0
    memory_mb: int = 0
    package_wait_seconds: int = PACKAGE_WAIT_SECONDS
    first_boot_seconds: int = 0
