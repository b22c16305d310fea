"""Host keys: the ones that are recorded, the one that a host shows, and their fingerprints."""

from __future__ import annotations

import subprocess
from pathlib import Path

from operations.ssh_login import Login

SECONDS = 15


def recorded(login: Login) -> list[str]:
    """Lines of the host's known_hosts file that are about it."""
    known_hosts = Path(login.ssh.known_hosts_file)
    lines = known_hosts.read_text(encoding="utf-8").splitlines() if known_hosts.is_file() else []
    return [line for line in lines if line.strip() and login.place in line.split()[0].split(",")]


def shown(login: Login) -> str:
    """The known_hosts line of the key that the host shows now, ed25519 only; empty where nothing answers in time."""
    command = ["ssh-keyscan", "-T", str(SECONDS), "-t", "ed25519", "-p", str(login.ssh.port), login.address]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS + 5, check=False)
    except subprocess.TimeoutExpired:
        return ""
    return next((line for line in done.stdout.splitlines() if line and not line.startswith("#")), "")


def fingerprint(line: str) -> str:
    """Bits, hash, names and type of a known_hosts line; its words where it holds no whole key."""
    done = subprocess.run(
        ["ssh-keygen", "-lf", "-"], input=line, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return done.stdout.strip() or f"no whole key: {line[:100]!r}"


def fingerprints(login: Login) -> tuple[str, str]:
    """Of the recorded key and of the one that the host shows now; empty for one that there is not."""
    before, now = recorded(login), shown(login)
    return fingerprint(before[0]) if before else "", fingerprint(now) if now else ""
