"""The steps that make a Linux host what its specification says, in their order."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hosts.linux.docker import docker_steps
from hosts.linux.firewall import firewall_steps
from hosts.linux.job import units
from hosts.linux.packages import packages_step
from hosts.linux.spec import LinuxSpec
from hosts.linux.system import system_steps
from hosts.role import Role
from hosts.step import Step


def linux_role(spec: LinuxSpec) -> Role:
    """The role of a Linux host. The firewall stands before Docker starts to publish ports."""
    gpu_memory_mib = math.floor(spec.gpu_memory_gb * 1e9 / 2**20)
    return Role(
        platform="linux",
        user=spec.user,
        needs=(str(spec.memory_mb), str(gpu_memory_mib)),
        steps=tuple(_steps(spec)),
        first_boot_seconds=spec.first_boot_seconds,
    )


def _steps(spec: LinuxSpec) -> Iterator[Step]:
    if spec.dead_man:
        # First of all: whatever fails behind it, the machine does not run on for ever.
        yield from spec.dead_man.steps()
    yield packages_step(spec)
    yield from system_steps(spec.sysctl)
    yield from firewall_steps(spec.firewall, spec.container_ports)
    yield from docker_steps(spec)
    yield from (user.step() for user in spec.users)
    # Debian and Ubuntu give every account a group of its name.
    yield from (directory.step(f"{spec.user}:{spec.user}") for directory in spec.directories)
    yield from (unit.step() for unit in spec.units)
    yield from (unit.step() for job in spec.jobs for unit in units(job, spec.user))
