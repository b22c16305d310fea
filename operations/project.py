"""Where this checkout keeps its things."""

from __future__ import annotations

import re
from pathlib import Path

from operations.failure import USAGE, Failure

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


def require_stack(name: str) -> None:
    """Raises Failure for what is no stack's name, or has no file here."""
    require_name(name)
    if name not in stack_names():
        raise Failure(f"there is no Pulumi.{name}.yaml ({_known()})", f"to make it: scripts/init {name}", USAGE)


def require_name(name: str) -> None:
    """Raises Failure for what cannot be a stack's name."""
    if not STACK_NAME.fullmatch(name):
        rule = "use at most 40 lower-case letters, digits and '-', a letter first"
        raise Failure(f"{name!r} is no name for an environment ({_known()})", f"{rule}: scripts/init NAME", USAGE)


def _known() -> str:
    return f"known: {', '.join(stack_names()) or 'none'}"
