"""A Linux machine, brought to its role over one SSH connection."""

from __future__ import annotations

from components.provisioned_host import ProvisionedHost


class LinuxHost(ProvisionedHost):
    """Packages, Docker engine, firewall and kernel settings, as hosts/linux makes its role from the plan."""
