"""df(1) of macOS (apple-oss-distributions/file_cmds df/df.c): nine columns, with -P six; / is a sealed snapshot.

The fault disk-full leaves as many kilobytes as its file says (0 when empty).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..bsd import UsageError, options, refused
from ..faults import fault

USAGE = (
    "usage: df [--libxo] [-b | -g | -H | -h | -k | -m | -P] [-acIilnY] [-,] [-T type] [-t type] [file | filesystem ...]"
)
SEALED = ("/usr", "/bin", "/sbin", "/System")
DATA = "/System/Volumes/Data"
VOLUMES = {"/": "/dev/disk3s1s1", DATA: "/dev/disk3s5"}
UNITS = {"-k": (1024, "1024-blocks"), "-m": (1024**2, "1M-blocks"), "-g": (1024**3, "1G-blocks")}


def main(arguments: list[str]) -> int:
    """One line for each file's volume, or for both volumes."""
    try:
        found, files = options("df", arguments, "abcgHhIiklmnPT:t:Y,", USAGE)
    except UsageError as wrong:
        return refused(wrong)
    given = dict(found)
    size, title = next((UNITS[option] for option in UNITS if option in given), (512, "512-blocks"))
    portable = "-P" in given
    ending = "Mounted on" if portable else "iused ifree %iused  Mounted on"
    print(f"Filesystem     {title:>11} {'Used':>11} {'Available':>11} Capacity {ending}")
    status = 0
    for name in files or list(VOLUMES):
        if Path(name).exists():
            print(_line(_volume(name), size, portable=portable))
        else:
            print(f"df: {name}: No such file or directory", file=sys.stderr)
            status = 1
    return status


def _volume(name: str) -> str:
    path = str(Path(name).resolve())
    sealed = path == "/" or path.startswith(SEALED)
    return "/" if sealed and not path.startswith(DATA) else DATA


def _line(volume: str, unit: int, *, portable: bool) -> str:
    facts = os.statvfs(volume)
    total = facts.f_blocks * facts.f_frsize
    left = fault("disk-full")
    available = facts.f_bavail * facts.f_frsize if left is None else int(left or 0) * 1024
    used = total - available
    numbers = f"{total // unit:>11} {used // unit:>11} {available // unit:>11} {100 * used // total:>7}%"
    inodes = f" {facts.f_files - facts.f_ffree:>5} {facts.f_ffree:>9} {1:>5}% "
    return f"{VOLUMES[volume]:<14} {numbers}{'' if portable else inodes}   {volume}"
