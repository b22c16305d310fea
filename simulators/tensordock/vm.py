"""One simulated virtual machine: what it is, and what will become of it when."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from simulators.tensordock.machine import Machine
from simulators.tensordock.order import Order


@dataclass
class VirtualMachine:
    """Times are microseconds of the simulator's clock; prices micro-dollars an hour."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(arbitrary_types_allowed=True)

    id: str
    order: Order
    created: int
    hourly: int
    """While it runs."""
    shows_price: bool = True
    status: str = "creating"
    following: str = ""
    due: int | None = None
    """When `status` becomes `following`; None: it stays."""
    address_due: int | None = None
    ip: str | None = None
    ports: dict[int, int] = field(default_factory=dict)
    starts: int = 0
    cards_held: bool = True
    bill: int = 0
    """Micro-dollars an hour at present."""
    gone: int | None = None
    """When it was deleted."""
    machine: Annotated[Machine | None, Field(exclude=True)] = None

    def will(self, status: str, due: int) -> None:
        """Announces its next state; an earlier announcement is forgotten."""
        self.following, self.due = status, due
