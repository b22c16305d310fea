"""xcode-select(1): where the Command Line Tools are. The fault no-command-line-tools takes them away."""

from __future__ import annotations

import sys

from ..faults import fault

MISSING = (
    "xcode-select: error: unable to get active developer directory, use `sudo xcode-select --switch "
    "path/to/Xcode.app` to set one (or see `man xcode-select`)"
)


def main(arguments: list[str]) -> int:
    """`-p` prints the folder."""
    if arguments[:1] not in (["-p"], ["--print-path"]):
        print(f"xcode-select: error: unknown command option: {' '.join(arguments)}", file=sys.stderr)
        return 64
    if fault("no-command-line-tools") is not None:
        print(MISSING, file=sys.stderr)
        return 2
    print("/Library/Developer/CommandLineTools")
    return 0
