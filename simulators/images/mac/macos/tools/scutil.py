"""scutil(8): the three names of the machine. A new Mac has no HostName."""

from __future__ import annotations

import os
import socket
import sys

from ..kept import keep, kept

NAMES = {"ComputerName", "LocalHostName", "HostName"}


def main(arguments: list[str]) -> int:
    """`--get NAME` and, for root, `--set NAME VALUE`."""
    here = socket.gethostname()
    names = kept("names", {"ComputerName": here, "LocalHostName": here})
    match arguments:
        case ["--get", name] if name in NAMES:
            if name not in names:
                print(f"{name}: not set")
                return 1
            print(names[name])
            return 0
        case ["--set", name, value] if name in NAMES:
            if os.getuid() != 0:
                print("scutil: must be run as root", file=sys.stderr)
                return 1
            keep("names", names | {name: value})
            return 0
    print("usage: scutil --get pref | scutil --set pref [newval]", file=sys.stderr)
    return 64
