"""The start of a Mac with FileVault: no account, no key and no daemon before somebody gives the password.

As on macOS 26 sshd of the base system takes that password, unlocks the disk and hangs up (apple-oss-distributions
OpenSSH, sshd-keygen-wrapper/SSHDWrapper.swift). Before macOS 26 there is no network at all until then.
"""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

from ..bsd import HIDDEN
from ..faults import fault
from .sshd import listen

CONFIGURATION = "/etc/ssh/locked-sshd.conf"
UNLOCKED = Path("/run/simulator/unlocked")
OWNER = "admin"


async def until_unlocked() -> None:
    """Return at once, or with the fault filevault when the password was given."""
    password = fault("filevault")
    if password is None:
        return
    subprocess.run(["/usr/sbin/chpasswd"], input=f"{OWNER}:{password}\n", text=True, check=True)
    locked = asyncio.create_task(listen(CONFIGURATION))
    while not UNLOCKED.exists():
        await asyncio.sleep(0.1)
    locked.cancel()
    await asyncio.gather(locked, return_exceptions=True)
    # No password is known outside of this.
    subprocess.run([HIDDEN / "usermod", "--lock", OWNER], check=True)
