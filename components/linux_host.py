"""A Linux machine, brought to its role over one SSH connection."""

from __future__ import annotations

from pulumi import ResourceOptions

from components.provisioned_host import ProvisionedHost, ProvisionedHostArgs


class LinuxHost(ProvisionedHost):
    """Packages, Docker engine, firewall and kernel settings, as hosts/linux makes its role from the plan."""

    def __init__(self, name: str, args: ProvisionedHostArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("LinuxHost", name, args, opts)
