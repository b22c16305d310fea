"""The restic program: that it is here and new enough, and how one of its runs ends badly."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess

from operations.failure import Failure
from toolchain.debian_packages import PackagesMissing, ensure_program

OLDEST = (0, 14)
"""The first with compression, and what Debian 12 has."""
HINTS = {
    "wrong password": "the password file does not fit this repository: bring back the one that it was made with",
    "is there a repository at": "nothing was saved there yet, or a disk is not mounted: scripts/backup makes it",
    "already locked": "another run works on the repository: wait for it; the lock of a dead one goes by itself",
    "no space left": "the disk of the repository is full: make room, then run the same command again",
    "unable to start the sftp session": "log in by ssh: is its host key in known_hosts_file, and does it let the"
    " key of identity_file in at ssh_port?",
    "ciphertext verification failed": "the repository is damaged: docs/runbooks/back-up.md",
}


def program() -> str:
    """Its path. Installs Debian's package where it may. Raises Failure when there is none, or it is too old."""
    return _found()[0]


def checks_keys() -> bool:
    """Whether it compares a key file with its name when it reads one; older ones take the parts they do not need as
    they come."""
    return _found()[1] >= (0, 17)


@functools.cache
def _found() -> tuple[str, tuple[int, int]]:
    try:
        ensure_program("restic", ["restic"])
    except PackagesMissing as error:
        raise Failure(str(error), "on a Mac: brew install restic") from None
    path = shutil.which("restic") or "restic"
    said = subprocess.run([path, "version"], capture_output=True, text=True, timeout=30, check=False).stdout
    found = re.search(r"restic (\d+)\.(\d+)", said)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    if version < OLDEST:
        raise Failure(f"{path} is {said.split(' compiled')[0].strip() or 'no restic'}", "install restic 0.14 or newer")
    return path, version


def failed(what: str, location: str, said: str) -> Failure:
    """What restic said, in one message, with the next thing to do."""
    lines = [line for line in said.strip().splitlines() if line.strip()]
    cause = "\n    ".join(lines[-4:]) or "it gave no reason"
    hint = next((hint for part, hint in HINTS.items() if part in said.lower()), "read the message, mend it, run again")
    return Failure(f"{what} ({location}): {cause}", hint)
