"""Where things lie in Homebrew's prefix, and how brew says that something is wrong."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PREFIX = Path("/opt/homebrew")
CELLAR = PREFIX / "Cellar"
OPT = PREFIX / "opt"
PINNED = PREFIX / "var/homebrew/pinned"
LOCKS = PREFIX / "var/homebrew/locks"
TAPS = PREFIX / "Library/Taps"
BOTTLES = Path("/opt/simulator/bottles")


class BrewError(Exception):
    """brew ends with exit status 1; the text is what it says after `Error: `."""


def warn(text: str) -> None:
    """Say a warning, on standard error as brew does."""
    print(f"Warning: {text}", file=sys.stderr)


def wanted(variable: str) -> bool:
    """Whether a HOMEBREW_... switch is set in the environment."""
    return bool(os.environ.get(f"HOMEBREW_{variable}"))
