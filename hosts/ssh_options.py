"""How `ssh` logs in to a host, whoever starts it."""

from __future__ import annotations

from settings.host import Ssh


def ssh_options(ssh: Ssh) -> tuple[str, ...]:
    """Options of `ssh`: one key, a pinned host, never a question."""
    return (
        "-i", ssh.identity_file,
        "-o", "IdentitiesOnly=yes",
        "-o", "BatchMode=yes",
        "-o", f"UserKnownHostsFile={ssh.known_hosts_file}",
        "-o", "StrictHostKeyChecking=yes",
    )  # fmt: skip
