#!/usr/bin/env python3
"""switch.py SWITCH on|off [VALUE]: makes the machine trouble, or ends it. Run by root. Safe to repeat."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

SUDOERS = Path("/etc/sudoers.d/90-cloud-init-users")
SLOW = Path("/etc/apt/apt.conf.d/99simulator-slow")
CARDS = Path("/var/lib/simulator/gpu.csv")
SYSTEM = Path("/usr/lib/os-release")
DEBIAN = Path("/var/lib/simulator/os-release")
LOCKS = ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", "/var/lib/apt/lists/lock")
HOLDER = "simulator-apt-lock"
UBUNTU = """PRETTY_NAME="Ubuntu 24.04.3 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.3 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
UBUNTU_CODENAME=noble
"""


def sudo_password(*, on: bool, value: str) -> None:  # noqa: ARG001
    """sudo asks for a password (nobody has one)."""
    tag = "" if on else "NOPASSWD:"
    SUDOERS.write_text(re.sub(r"ALL=\(ALL\) (NOPASSWD:)?ALL", f"ALL=(ALL) {tag}ALL", SUDOERS.read_text()))


def disk_full(*, on: bool, value: str) -> None:
    """No room in a folder: by default where apt puts what it downloads. What was in it comes back at the end."""
    folder = Path(value or "/var/cache/apt/archives")
    if on and not folder.is_mount():
        _run("mount", "-t", "tmpfs", "-o", "size=4k", "full", str(folder))
    if not on and folder.is_mount():
        _run("umount", str(folder))


def apt_locked(*, on: bool, value: str) -> None:  # noqa: ARG001
    """Another program works with dpkg and apt, and does not end."""
    if on and subprocess.run(["systemctl", "is-active", "--quiet", HOLDER], check=False).returncode != 0:
        options = [f"--unit={HOLDER}", "--service-type=notify", "--property=NotifyAccess=all", "--collect"]
        _run("systemd-run", "--quiet", *options, sys.executable, __file__, "hold")
    if not on:
        subprocess.run(["systemctl", "stop", "--quiet", HOLDER], stderr=subprocess.DEVNULL, check=False)


def apt_slow(*, on: bool, value: str) -> None:
    """Every `apt-get update`, and every installation while it holds the lock, takes VALUE seconds more (10)."""
    pause = f'{{"sleep {float(value or 10)}";}}'
    SLOW.unlink(missing_ok=True)
    if on:
        SLOW.write_text(f"APT::Update::Pre-Invoke {pause};\nDPkg::Pre-Invoke {pause};\n")


def gpu_absent(*, on: bool, value: str) -> None:  # noqa: ARG001
    """No graphics card, or no driver for it."""
    hidden = CARDS.with_suffix(".absent")
    source, target = (CARDS, hidden) if on else (hidden, CARDS)
    if source.exists():
        source.rename(target)


def ubuntu(*, on: bool, value: str) -> None:  # noqa: ARG001
    """The machine says that it is Ubuntu; its packages stay Debian's."""
    if not DEBIAN.exists():
        DEBIAN.write_text(SYSTEM.read_text())
    SYSTEM.write_text(UBUNTU if on else DEBIAN.read_text())


SWITCHES = {switch.__name__.replace("_", "-"): switch for switch in (
    sudo_password, disk_full, apt_locked, apt_slow, gpu_absent, ubuntu,
)}  # fmt: skip


def hold() -> None:
    """Keep the locks of dpkg and apt until the process ends."""
    files = [os.open(path, os.O_RDWR | os.O_CREAT, 0o640) for path in LOCKS]
    for file in files:
        fcntl.lockf(file, fcntl.LOCK_EX)
    _run("systemd-notify", "--ready")
    signal.pause()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=60)


def main(arguments: list[str]) -> int:
    """Turn one switch; 64 for what is not understood."""
    if arguments == ["hold"]:
        hold()
    if len(arguments) not in (2, 3) or arguments[0] not in SWITCHES or arguments[1] not in ("on", "off"):
        print(f"usage: switch.py {'|'.join(SWITCHES)} on|off [VALUE]", file=sys.stderr)
        return 64
    SWITCHES[arguments[0]](on=arguments[1] == "on", value="".join(arguments[2:]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
