"""Who logs in where: what `ssh` is told for one host of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hosts.ssh_options import ssh_options
from operations.failure import USAGE, Failure
from operations.project import ROOT
from settings.host import Host, Ssh

CONNECT_SECONDS = 15
"""Deadline of the TCP connection and of the greeting."""

# Nothing of the user's own settings or of this machine's known hosts, no forwarding, and a dead line is noticed.
OWN_WAYS = (
    "-F", "none", "-a", "-x", "-T",
    "-o", f"ConnectTimeout={CONNECT_SECONDS}",
    "-o", "ConnectionAttempts=1",
    "-o", "ServerAliveInterval=15",
    "-o", "ServerAliveCountMax=3",
    "-o", "GlobalKnownHostsFile=/dev/null",
    "-o", "UpdateHostKeys=no",
    "-o", "PreferredAuthentications=publickey",
    "-o", "LogLevel=ERROR",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Login:
    """How to log in to the host `name` of `stack`. The files in `ssh` are absolute."""

    stack: str
    name: str
    address: str
    ssh: Ssh

    @property
    def place(self) -> str:
        """How known_hosts files write it."""
        return self.address if self.ssh.port == 22 else f"[{self.address}]:{self.ssh.port}"

    @property
    def url(self) -> str:
        """How Docker writes it."""
        return f"ssh://{self.ssh.user}@{self.address}:{self.ssh.port}"

    @property
    def command(self) -> tuple[str, ...]:
        """The client with its options; the remote command comes behind it."""
        return ("ssh", *ssh_options(self.ssh), *OWN_WAYS, "-p", str(self.ssh.port), f"{self.ssh.user}@{self.address}")


def login_of(stack: str, hosts: Mapping[str, Host], name: str) -> Login:
    """How to log in to one of the stack's hosts. Raises Failure for one that nobody logs in to.

    Of a rented machine its account is asked where it is now.
    """
    host = hosts.get(name)
    if host is not None and host.rented:
        # Imported here: it brings the provider's client, which most environments do not need.
        from operations.gpu.login import machine_login  # noqa: PLC0415

        return machine_login(stack, name)
    if host is None or host.ssh is None or host.address is None:
        known = ", ".join(sorted(other for other, one in hosts.items() if one.ssh)) or "none"
        cause = f"{stack} has no host {name} that is reached over SSH (known: {known})"
        raise Failure(cause, f"look into Pulumi.{stack}.yaml", USAGE)
    return Login(stack=stack, name=name, address=host.address, ssh=with_absolute_files(host.ssh))


def with_absolute_files(ssh: Ssh) -> Ssh:
    """The same, with its files found from any working folder."""
    files = {key: str(ROOT / Path(getattr(ssh, key)).expanduser()) for key in ("identity_file", "known_hosts_file")}
    return ssh.model_copy(update=files)
