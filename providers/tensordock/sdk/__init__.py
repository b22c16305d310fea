"""The provider's resources for Pulumi programs in Python."""

from providers.tensordock.sdk.cloud_init import CloudInit, WriteFile
from providers.tensordock.sdk.instance import Instance, PortForward
from providers.tensordock.sdk.provider import Provider
from providers.tensordock.sdk.ssh_key import SshKey

__all__ = ["CloudInit", "Instance", "PortForward", "Provider", "SshKey", "WriteFile"]
