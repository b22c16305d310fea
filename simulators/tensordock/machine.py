"""What may stand behind a simulated virtual machine. The seam for real containers; without one a VM is a record."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from simulators.tensordock.order import Order


@dataclass(frozen=True, slots=True)
class Address:
    """How a machine is reached: `ports` maps a port inside to one outside; a port that is not in it is the same."""

    ip: str
    ports: dict[int, int] = field(default_factory=dict)


class MachineError(Exception):
    """What stands behind a machine does not do what it was asked; the text says why."""


@runtime_checkable
class Machine(Protocol):
    """One machine. No method may wait for a boot: the simulator asks for the address until there is one."""

    def adopt(self, *, on: bool) -> None:
        """Takes up what an earlier process of the simulator left: a machine that is to be on, or off."""

    def start(self) -> None:
        """Begins to boot, also after a stop."""

    def stop(self) -> None:
        """Switches off; the disk stays."""

    def destroy(self) -> None:
        """Removes it with its disk. May be called in any state."""

    def address(self) -> Address | None:
        """How it is reached, None as long as it is not."""

    def powered_off(self) -> bool:
        """Whether it was switched off from inside since it began to boot."""

    def cut_off(self, *, on: bool) -> None:
        """Takes the machine from the network, or gives it back; a start does so, too. Raises MachineError."""

    def program(self, *command: str) -> str:
        """Runs one of the simulator's own programs inside; its output. Raises MachineError."""


Machines = Callable[[str, Order], Machine | None]
"""Makes the machine of a new VM (its id, its order), or None for a VM that is only a record."""


def no_machine(_identifier: str, _order: Order) -> None:
    """The default: the simulator itself makes addresses up."""
