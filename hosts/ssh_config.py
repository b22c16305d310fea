"""Where a rented machine is just now, for every program that calls `ssh`: one configuration file for each machine.

Its address and port change with every start. Whoever keeps an address (the engine's state, Docker's provider) keeps the
alias instead, and the file that says what the alias means is written again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(".state/gpu")
"""Relative to the project."""


def alias(stack: str, host: str) -> str:
    """The name under which `ssh` and Docker know the machine."""
    return f"{host}.{stack}"


def config_file(stack: str, host: str) -> Path:
    """For `ssh -F`; relative to the project."""
    return FOLDER / stack / host / "ssh_config"


def known_hosts_file(stack: str, host: str) -> Path:
    """Holds the key that was given to the machine when it was ordered; relative to the project."""
    return FOLDER / stack / host / "known_hosts"


@dataclass(frozen=True, kw_only=True)
class Place:
    """How one machine is reached now. `host_key` is its public key, `ssh-ed25519 AAAA...`."""

    stack: str
    host: str
    address: str
    port: int
    user: str
    identity_file: str
    host_key: str


def write(root: Path, place: Place) -> None:
    """Replaces both files of the machine, each in one step."""
    _replace(root / known_hosts_file(place.stack, place.host), known_hosts(place))
    _replace(root / config_file(place.stack, place.host), config(root, place))


def known_hosts(place: Place) -> str:
    """The pinned key, under the alias and under the present address."""
    shown = place.address if place.port == 22 else f"[{place.address}]:{place.port}"
    return f"{alias(place.stack, place.host)},{shown} {place.host_key}\n"


def config(root: Path, place: Place) -> str:
    """The file's text. Its paths are absolute, so it can be used from any folder."""
    name = alias(place.stack, place.host)
    lines = {
        "HostName": place.address,
        "Port": str(place.port),
        "User": place.user,
        "HostKeyAlias": name,
        "IdentityFile": f'"{root / Path(place.identity_file).expanduser()}"',
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": f'"{root / known_hosts_file(place.stack, place.host)}"',
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "UpdateHostKeys": "no",
        "BatchMode": "yes",
        "ConnectTimeout": "15",
        "ServerAliveInterval": "15",
        "ServerAliveCountMax": "4",
        "LogLevel": "ERROR",
    }
    return f"# Written at every start of the machine.\nHost {name}\n" + "".join(
        f"    {key} {value}\n" for key, value in lines.items()
    )


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
