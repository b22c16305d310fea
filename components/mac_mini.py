"""A Mac mini, brought to its role over one SSH connection."""

from __future__ import annotations

from pulumi import ResourceOptions

from components.provisioned_host import ProvisionedHost, ProvisionedHostArgs


class MacMini(ProvisionedHost):
    """Packages, daemons, power, firewall and directories of a Mac, as hosts/mac makes its role from the plan."""

    def __init__(self, name: str, args: ProvisionedHostArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("MacMini", name, args, opts)
