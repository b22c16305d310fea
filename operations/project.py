"""Where this checkout keeps its things."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".state"
STACK_NAME = re.compile(r"^[a-z][a-z0-9-]{0,39}$")


def state_folder(name: str) -> Path:
    """A private folder under .state, made when it is missing."""
    folder = STATE / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def stack_names() -> list[str]:
    """Stacks that have a file here."""
    return sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
