"""Brings hosts to their role and says how Docker on each is reached."""

from __future__ import annotations

from pathlib import Path

import pulumi

from components.docker_access import DockerAccess, docker_access
from components.mac_mini import MacMini, MacMiniArgs
from components.mac_role import mac_role
from components.ssh_identity import identity
from planning.plan import Plan


class HostAccess:
    """Docker access and readiness of every host of a plan. Hosts of kind `linux` must have Docker already."""

    def __init__(self, plan: Plan) -> None:
        self.docker: dict[str, DockerAccess] = {}
        self.macs: dict[str, MacMini] = {}
        for name, host in plan.hosts.items():
            if host.kind == "mac" and host.ssh and host.address:
                keys = identity(Path(), name, host)
                self.macs[name] = MacMini(
                    name,
                    MacMiniArgs(
                        address=host.address,
                        port=host.ssh.port,
                        user=host.ssh.user,
                        private_key=pulumi.Output.secret(keys.private_key),
                        host_key=keys.host_key,
                        spec=mac_role(plan, name),
                    ),
                )
                self.docker[name] = docker_access(host, self.macs[name].docker_url)
            else:
                self.docker[name] = docker_access(host)
