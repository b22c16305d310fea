"""A Mac mini, brought to its role over one SSH connection."""

from __future__ import annotations

from components.provisioned_host import ProvisionedHost


class MacMini(ProvisionedHost):
    """Packages, daemons, power, firewall and directories of a Mac, as hosts/mac makes its role from the plan."""
