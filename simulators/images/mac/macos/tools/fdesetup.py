"""fdesetup(8): whether FileVault is on. The fault filevault (its file holds the password of the account `admin`)
switches it on: after the next start the disk is locked until somebody logs in with that password.
"""

from __future__ import annotations

import os
import sys

from ..faults import fault


def main(arguments: list[str]) -> int:
    """`status` or `isactive`; everything else would change the disk."""
    on = fault("filevault") is not None
    if arguments[:1] == ["status"]:
        print(f"FileVault is {'On' if on else 'Off'}.")
        return 0
    if arguments[:1] == ["isactive"]:
        print(str(on).lower())
        return 0 if on else 1
    if os.getuid() != 0:
        print("fdesetup: root access required.", file=sys.stderr)
    else:
        print(f"fdesetup: {' '.join(arguments)} is not simulated", file=sys.stderr)
    return 1
