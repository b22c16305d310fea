"""limactl(1): only `disk unlock colima`, which takes away the stale lock of a disk (lima-vm/lima disk unlock)."""

from __future__ import annotations

import sys

from ..colima_state import mend


def main(arguments: list[str]) -> int:
    """Unlock the disk of colima."""
    if arguments != ["disk", "unlock", "colima"]:
        print("limactl: only `disk unlock colima` is simulated", file=sys.stderr)
        return 1
    mend("colima-in-use")
    return 0
