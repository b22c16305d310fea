"""What every step of one operation works with."""

from collections.abc import Callable
from dataclasses import dataclass

from providers.tensordock.client.api import TensorDock

SETTLING = 3
"""Two reads that are to agree on an absence are so many polls apart: lists lag behind."""


@dataclass(frozen=True, slots=True)
class Operation:
    """The account, within the time of one operation, and how often it is looked at (seconds).

    `say` tells the user what happens, and what it costs.
    """

    api: TensorDock
    poll_s: float
    say: Callable[[str], None]

    def pause(self, doing: str) -> None:
        """Waits for the next look. Raises OutOfTime or Cancelled."""
        self.api.patience.pause(self.poll_s, doing)

    def settle(self, doing: str) -> None:
        """Waits until lists have caught up. Raises OutOfTime or Cancelled."""
        self.api.patience.pause(self.poll_s * SETTLING, doing)
