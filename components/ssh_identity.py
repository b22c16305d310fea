"""The private key and the pinned host key that a login uses, read from the files that the settings name."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import pulumi

from settings.host import Host, Ssh

PLACEHOLDERS = "AI_PLATFORM_PLACEHOLDERS"
"""Set by `make preview`: a preview on a machine without keys may show placeholders. `up` refuses them."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """`host_key` is in authorized_keys form: type and base64, without host names."""

    private_key: str
    host_key: str


@dataclass(frozen=True, kw_only=True)
class LoginKey:
    """Both halves of the key that logs in; `public` is a line of authorized_keys."""

    private: str = field(repr=False)
    public: str


def login_key(root: Path, name: str, ssh: Ssh) -> LoginKey:
    """The key that a rented machine is to let in. Raises pulumi.RunError when a half of it is missing."""
    file = root / Path(ssh.identity_file).expanduser()
    halves = (file, file.with_name(f"{file.name}.pub"))
    missing = [str(half) for half in halves if not half.is_file()]
    if missing:
        if os.environ.get(PLACEHOLDERS) == "1" and pulumi.runtime.is_dry_run():
            return LoginKey(private="placeholder", public="ssh-ed25519 placeholder")
        raise pulumi.RunError(
            f"hosts.{name}.ssh.identity_file: no such file: {', '.join(missing)}\n"
            f"    -> make it: `ssh-keygen -t ed25519 -f {file}`; its public half goes to the machine"
        )
    private, public = (half.read_text(encoding="utf-8") for half in halves)
    return LoginKey(private=private, public=public.strip())


def identity(root: Path, name: str, host: Host) -> Identity:
    """Raises pulumi.RunError when a file is missing, or the host's key is not among the known hosts."""
    if host.ssh is None:
        raise ValueError(f"hosts.{name} is not reached over SSH")
    key, known = (root / Path(path).expanduser() for path in (host.ssh.identity_file, host.ssh.known_hosts_file))
    trust = f"scripts/host trust {name} -s {pulumi.get_stack()}"
    remedies = {
        key: f"make it: `ssh-keygen -t ed25519 -f {key}`, and authorise {key}.pub on the host (add-a-host.md)",
        known: f"record the host's key: `{trust}`",
    }
    missing = {path: remedy for path, remedy in remedies.items() if not path.is_file()}
    if missing:
        if os.environ.get(PLACEHOLDERS) == "1" and pulumi.runtime.is_dry_run():
            return Identity(private_key="placeholder", host_key="ssh-ed25519 placeholder")
        lines = [f"{path}\n    -> {remedy}" for path, remedy in missing.items()]
        raise pulumi.RunError(f"hosts.{name}.ssh: no such file: " + "\nno such file: ".join(lines))
    place = str(host.address) if host.ssh.port == 22 else f"[{host.address}]:{host.ssh.port}"
    for line in known.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if len(fields) >= 3 and place in fields[0].split(","):
            return Identity(private_key=key.read_text(encoding="utf-8"), host_key=" ".join(fields[1:3]))
    raise pulumi.RunError(
        f"hosts.{name}.ssh.known_hosts_file: {known} has no key of {place}\n"
        f"    -> compare fingerprints and record it with `{trust}`"
    )
