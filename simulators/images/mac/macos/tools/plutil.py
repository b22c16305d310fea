"""plutil(1): only `-lint`, the check of a property list."""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path
from xml.parsers.expat import ExpatError


def main(arguments: list[str]) -> int:
    """Check each file; 0 when all can be read."""
    if arguments[:1] != ["-lint"]:
        print("plutil: only -lint is simulated", file=sys.stderr)
        return 1
    status = 0
    for name in arguments[1:]:
        try:
            plistlib.loads(Path(name).read_bytes())
            print(f"{name}: OK")
        except (OSError, ValueError, ExpatError) as problem:
            print(f"{name}: {problem}")
            status = 1
    return status
