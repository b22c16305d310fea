"""For how long a rented machine has not been used, as the last look at it had it."""

from __future__ import annotations

from operations.gpu.machines import OurMachine


def idle_seconds(machine: OurMachine) -> float | None:
    """Seconds; None where nobody knows."""
    return None
