"""What one Mac is to be. Everything not named here is left as it is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hosts.directory import Directory
from hosts.job import Job
from hosts.mac.account import Account
from hosts.mac.colima import Colima
from hosts.mac.firewall import Firewall
from hosts.mac.ollama import Ollama
from hosts.mac.places import HOMEBREW
from hosts.mac.postgres import Postgres
from hosts.mac.redis import Redis
from hosts.package import Package

__all__ = ["HOMEBREW", "SERVER_POWER", "Account", "Colima", "Firewall", "MacSpec", "Ollama", "Postgres", "Redis"]

# A server that never sleeps and comes back after a power cut; pmset(1).
SERVER_POWER: Mapping[str, int] = {
    "sleep": 0,
    "disksleep": 0,
    "displaysleep": 0,
    "womp": 1,
    "autorestart": 1,
    "powernap": 0,
}
# Kept free for macOS itself beside the GPU's share, the virtual machine and servers: too little freezes the host.
SYSTEM_MEMORY_MB = 5 * 1024


@dataclass(frozen=True, kw_only=True)
class MacSpec:
    """One Mac. `user` logs in, owns Homebrew and runs the services; it needs sudo without a password.

    `wired_limit_mb` is the memory that the GPU may wire; 0 leaves macOS its default share. With `upkeep` updates of
    macOS come by hand only, the clock follows the network, and FileVault is reported.
    """

    user: str
    home: str = ""
    packages: tuple[Package, ...] = ()
    directories: tuple[Directory, ...] = ()
    accounts: tuple[Account, ...] = ()
    firewall: Firewall | None = None
    ollama: Ollama | None = None
    colima: Colima | None = None
    postgres: tuple[Postgres, ...] = ()
    redis: tuple[Redis, ...] = ()
    jobs: tuple[Job, ...] = ()
    wired_limit_mb: int = 0
    power: Mapping[str, int] = field(default_factory=lambda: SERVER_POWER)
    upkeep: bool = True

    @property
    def home_directory(self) -> str:
        """Home of the user; macOS's place for it unless said otherwise."""
        return self.home or f"/Users/{self.user}"

    @property
    def servers(self) -> tuple[Postgres | Redis, ...]:
        """Servers with data and a configuration of their own."""
        return (*self.postgres, *self.redis)

    @property
    def memory_needed_mb(self) -> int:
        """Memory that the host must have for the wired limit, the virtual machine and native servers together."""
        machine = self.colima.memory_gib * 1024 if self.colima else 0
        servers = sum(server.memory_mb for server in self.servers)
        return SYSTEM_MEMORY_MB + self.wired_limit_mb + machine + servers
