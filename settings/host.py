"""A machine that services are placed on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from settings.base import Address, Name, Port, Settings
from settings.gpu import Gpu
from settings.provisioning import HostDirectory, HostPackage, HostUser


class Ssh(Settings):
    """How to log in. The host key is pinned: a machine whose key is unknown is refused.

    A rented machine has only an `identity_file`: its port changes with every start, and its host key is made by us.
    """

    user: str = Field(
        default="user",
        pattern=r"^[a-z_][a-z0-9_-]{0,31}$",
        description="Login user; needs passwordless sudo. Required for linux and mac.",
    )
    port: Port = Field(default=22, description="Port of sshd.")
    identity_file: str = Field(description="Private key file, absolute, under ~ or relative to the project.")
    known_hosts_file: str = Field(
        default="", description="known_hosts file that holds this host's key. Required for linux and mac."
    )


class Host(Settings):
    """One machine: what kind it is, how to reach it and how much it holds."""

    kind: Literal["local", "linux", "mac", "gpu_vm"] = Field(
        description="local: Docker on this machine. linux, mac: over SSH. gpu_vm: rented, in a GPU stack."
    )
    address: Address | None = Field(
        default=None, description="Name or IP address that services bind to and others use."
    )
    publish_address: Address | None = Field(
        default=None, description="Address that containers bind to, where it differs from `address`."
    )
    cpus: float = Field(gt=0, le=512, description="Processor cores.")
    memory_gb: float = Field(gt=0, le=8192, description="Memory; on a Mac it is shared with the GPU.")
    disk_gb: float = Field(gt=0, le=1_000_000, description="Disk for images, models and data.")
    reserved_memory_gb: float = Field(default=1.0, ge=0, description="Kept free for the system.")
    reserved_disk_gb: float = Field(default=0, ge=0, description="Kept free for jobs and data of others.")
    reserved_vram_gb: float = Field(default=0, ge=0, description="Kept free for jobs.")
    ssh: Ssh | None = Field(default=None, description="Required for linux, mac and gpu_vm.")
    gpu: Gpu | None = Field(default=None, description="Required for gpu_vm.")
    simulated: bool = Field(default=False, description="`make up` starts a simulated machine for it.")
    packages: tuple[HostPackage, ...] = Field(
        default=(), description="Homebrew formulae or Debian packages that it has, beside those its services need."
    )
    directories: tuple[HostDirectory, ...] = Field(default=(), description="Directories of the login user.")
    users: dict[Name, HostUser] = Field(default_factory=dict, description="People with an account on it.")
    sysctl: dict[str, str] = Field(default_factory=dict, description="Kernel settings of a linux host.")
    watts: float = Field(default=0, ge=0, le=100_000, description="Mean power draw, for the cost table.")

    @property
    def rented(self) -> bool:
        """Whether it is paid by the hour, and exists only while its stack does."""
        return self.kind == "gpu_vm"
