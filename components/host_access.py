"""Brings hosts to their role and says how Docker on each is reached."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pulumi

from components.docker_access import DockerAccess, docker_access
from components.linux_host import LinuxHost
from components.mac_mini import MacMini
from components.provisioned_host import ProvisionedHost, ProvisionedHostArgs
from components.ssh_identity import identity
from hosts.planned import role_of
from planning.plan import Plan


class HostAccess:
    """Docker access of every host of a plan, and the hosts that a login of ours brings to their role."""

    def __init__(self, plan: Plan, secrets: Mapping[str, pulumi.Output[str]]) -> None:
        self.docker: dict[str, DockerAccess] = {}
        self.provisioned: dict[str, ProvisionedHost] = {}
        for name, host in plan.hosts.items():
            role = role_of(plan, name)
            if role and host.ssh and host.address:
                keys = identity(Path(), name, host)
                component = MacMini if role.platform == "mac" else LinuxHost
                self.provisioned[name] = component(
                    name,
                    ProvisionedHostArgs(
                        address=host.address,
                        port=host.ssh.port,
                        user=host.ssh.user,
                        private_key=pulumi.Output.secret(keys.private_key),
                        host_key=keys.host_key,
                        role=role,
                        secrets=secrets,
                    ),
                )
                self.docker[name] = docker_access(host, self.provisioned[name].docker_url)
            else:
                self.docker[name] = docker_access(host)
