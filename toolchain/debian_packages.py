"""Installs Debian packages a bare machine lacks; machines without apt or root are left to their operator.

python -m toolchain.debian_packages PROGRAM [PACKAGE...]
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from toolchain.places import cache

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
    with _one_at_a_time():
        if not shutil.which(program):
            print(f"installing {wanted} ({program} is missing)", flush=True)
            _install(packages)
    if not shutil.which(program):
        raise PackagesMissing(f"{program} is still not on PATH after installing {wanted}")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """apt waits for no other apt that is reading its lists."""
    with (cache() / "apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(packages: Sequence[str]) -> None:
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


def main() -> int:
    """Installs what the arguments name; the exit status is 0 when the program is there."""
    program, *packages = sys.argv[1:]
    try:
        ensure_program(program, packages or [program])
    except PackagesMissing as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
