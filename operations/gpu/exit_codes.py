"""Exit codes of the verbs of rented machines, beside 1 (failed) and 2 (misused)."""

from __future__ import annotations

from typing import Final

BUDGET_USED_UP: Final = 3
"""A start was refused: the environment's budget of the day or of the month is used up."""
CANNOT_STOP: Final = 4
"""A machine could not be stopped, or nobody can tell whether it was: it costs money."""
METER_GOES_ON: Final = 5
"""A machine is stopped, and its card is paid for all the same: only destroying it ends that."""
ANOTHER_RUNS: Final = 6
"""Another reaper or sweep of this checkout is at work: this one has done nothing."""
