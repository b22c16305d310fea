"""Installs Debian packages a bare machine lacks; machines without apt or root are left to their operator."""

import os
import shutil
import subprocess
from collections.abc import Sequence

DEADLINE_S = 600


class PackagesMissing(Exception):
    """Needed programs are absent and cannot be installed from here; the text says what to install."""


def ensure_program(program: str, packages: Sequence[str]) -> None:
    """Makes `program` available by installing `packages` when it is not on PATH.

    Raises PackagesMissing without apt or root, or when the installation fails or takes over 10 minutes.
    """
    if shutil.which(program):
        return
    wanted = " ".join(packages)
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise PackagesMissing(f"{program} is missing: install {wanted} (Debian: sudo apt-get install {wanted})")
    print(f"installing {wanted} ({program} is missing)", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    for command in (["apt-get", "update"], install):
        try:
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=DEADLINE_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise PackagesMissing(f"{' '.join(command)}: not done after {DEADLINE_S} s") from error
        if done.returncode != 0 and command is install:
            raise PackagesMissing(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    if not shutil.which(program):
        raise PackagesMissing(f"{program} is still not on PATH after installing {wanted}")
