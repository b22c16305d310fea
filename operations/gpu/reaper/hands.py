"""What a reaper does beside asking the account."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from operations.gpu.machines import OurMachine
from operations.gpu.reaper.facts import Activity, Unread

Told = Activity | Unread


class Hands(Protocol):
    """Logs in to machines, and destroys stacks."""

    def activities(self, machines: Sequence[OurMachine], heartbeat: Collection[str]) -> Mapping[str, Told]:
        """The activity of each machine by its id, all at once and within a deadline. Never raises.

        Those whose ids are in `heartbeat` are told that somebody looks after them.
        """

    def close(self, machine: OurMachine, idle_seconds: float) -> Told:
        """Lets nobody in any more, where nobody has used the machine for that long. `closed` tells whether it is so."""

    def destroy(self, stack: str) -> None:
        """Removes the stack with its machines by an ordinary recorded operation. Raises Failure."""
