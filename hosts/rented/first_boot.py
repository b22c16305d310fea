"""The files and the command of a rented machine's first boot, for cloud-init."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = "/etc/ai-platform"
KEY_FILE = f"{FOLDER}/ssh_host_ed25519_key"
PROGRAM = "/usr/local/sbin/ai-platform-first-boot"
SCRIPT = Path(__file__).with_name("first_boot.sh")
# cloud-init deletes the host keys in sshd's own folder after it has written files, and makes others. Of several values
# sshd takes the first, so the file's name stands before those of others.
SSH_FILE = "/etc/ssh/sshd_config.d/00-ai-platform.conf"
SSH = f"HostKey {KEY_FILE}\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"


@dataclass(frozen=True, kw_only=True)
class BootFile:
    """A file that is written before any command runs; root's."""

    path: str
    content: str
    mode: str


def boot_files(login: str) -> tuple[BootFile, ...]:
    """All but the host key, which has to be there too: KEY_FILE, mode 0600. `login` is the key that may log in."""
    return (
        BootFile(path=f"{FOLDER}/login.pub", content=f"{login.strip()}\n", mode="0644"),
        BootFile(path=SSH_FILE, content=SSH, mode="0644"),
        BootFile(path=PROGRAM, content=SCRIPT.read_text(encoding="utf-8"), mode="0755"),
    )


def boot_command(user: str) -> str:
    """What is run once they are there. `user` will log in."""
    return f"{PROGRAM} {user}"
