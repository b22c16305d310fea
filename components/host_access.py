"""Brings hosts to their role and says how Docker on each is reached."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi
from pulumi import ResourceOptions

from components.docker_access import DockerAccess, docker_access
from components.linux_host import LinuxHost
from components.mac_mini import MacMini
from components.provisioned_host import ProvisionedHost, ProvisionedHostArgs
from components.ssh_identity import identity, login_key
from components.tied import tied_to
from hosts.planned import role_of
from hosts.role import Role
from planning.plan import Plan
from settings.host import Host

if TYPE_CHECKING:
    from components.gpu_machine import GpuMachine


class HostAccess:
    """Docker access of every host of a plan, the hosts that a login of ours brings to their role, and those rented."""

    def __init__(self, plan: Plan, secrets: Mapping[str, pulumi.Output[str]]) -> None:
        self.docker: dict[str, DockerAccess] = {}
        self.provisioned: dict[str, ProvisionedHost] = {}
        self.machines: dict[str, GpuMachine] = {}
        self._plan, self._secrets = plan, secrets
        for name, host in plan.hosts.items():
            role = role_of(plan, name)
            if role and host.rented:
                machine = self.machines[name] = self._rented(name, host, role)
                self.provisioned[name], self.docker[name] = machine.provisioned, machine.docker
            elif role and host.ssh and host.address:
                self.provisioned[name] = self._owned(name, host, role)
                self.docker[name] = docker_access(host, self.provisioned[name].docker_url)
            else:
                self.docker[name] = docker_access(host)

    def options(self, host: str) -> ResourceOptions:
        """For components that stand on the host: what stands on a rented machine goes with it."""
        return tied_to(self.machines[host].instance) if host in self.machines else ResourceOptions()

    def _rented(self, name: str, host: Host, role: Role) -> GpuMachine:
        # Imported here: most environments rent nothing, and every preview pays for what is imported.
        from components.gpu_machine import GpuMachine, GpuMachineArgs  # noqa: PLC0415

        assert host.ssh and host.gpu  # noqa: S101  (the settings are checked)
        key = login_key(Path(), name, host.ssh)
        args = GpuMachineArgs(
            stack=self._plan.name, host=host, login=host.ssh, gpu=host.gpu, key=key, role=role, secrets=self._secrets
        )
        return GpuMachine(name, args)

    def _owned(self, name: str, host: Host, role: Role) -> ProvisionedHost:
        assert host.ssh and host.address  # noqa: S101  (the caller has looked)
        keys = identity(Path(), name, host)
        component = MacMini if role.platform == "mac" else LinuxHost
        return component(
            name,
            ProvisionedHostArgs(
                address=host.address,
                port=host.ssh.port,
                user=host.ssh.user,
                private_key=pulumi.Output.secret(keys.private_key),
                host_key=keys.host_key,
                role=role,
                secrets=self._secrets,
            ),
        )
