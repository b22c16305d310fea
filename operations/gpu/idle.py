"""For how long a rented machine has not been used, as the last look at it had it."""

from __future__ import annotations

import time
from collections.abc import Mapping

from operations.gpu.machines import OurMachine
from operations.gpu.small_file import SmallFile
from operations.project import state_folder

FRESH_S = 600.0
"""A look that is older says nothing of now."""


def remember(stack: str, idle: Mapping[str, float]) -> None:
    """Keeps what a look has found: idle seconds by the machines' ids."""
    now = time.time()
    _file(stack).change(lambda _before: {name: {"idle": seconds, "at": now} for name, seconds in idle.items()})


def idle_seconds(machine: OurMachine) -> float | None:
    """Seconds; None where nobody knows."""
    if machine.stack is None:
        return None
    found = _file(machine.stack).read().get(machine.instance_id)
    try:
        passed = time.time() - float(found["at"]) if found else FRESH_S
        return float(found["idle"]) + passed if found and 0 <= passed < FRESH_S else None
    except (TypeError, KeyError, ValueError):
        return None


def _file(stack: str) -> SmallFile:
    return SmallFile(state_folder("gpu") / f"{stack}.idle.json")
