"""softwareupdate(8): nothing is ever to be had; the schedule is kept. The fault softwareupdate-slow makes -l take its
time (default 300 s).
"""

from __future__ import annotations

import os
import sys

from ..faults import slow
from ..kept import keep, kept

FACTORY = {"schedule": "on"}


def main(arguments: list[str]) -> int:
    """`-l`, or `--schedule [on|off]`."""
    match arguments:
        case ["-l" | "--list", *_]:
            print("Software Update Tool\n\nFinding available software", flush=True)
            slow("softwareupdate-slow", 300)
            print("No new software available.", file=sys.stderr)
        case ["--schedule"]:
            print(f"Automatic checking for updates is turned {kept('softwareupdate', FACTORY)['schedule']}")
        case ["--schedule", ("on" | "off") as state]:
            if os.getuid() != 0:
                print("Must be run as root to modify the schedule.", file=sys.stderr)
                return 1
            keep("softwareupdate", {"schedule": state})
            print(f"Automatic checking for updates is turned {state}")
        case _:
            print("usage: softwareupdate <cmd> [<args> ...]", file=sys.stderr)
            return 1
    return 0
