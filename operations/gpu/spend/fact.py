"""One read of one machine: from this second on it costs so much an hour."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from operations.gpu.machines import OurMachine
from providers.tensordock.client.status import Status


class Fact(BaseModel):
    """One line of the ledger."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    time: int = Field(ge=0)
    machine: str = Field(min_length=1)
    """The API's id: a machine that was replaced is another one."""
    name: str
    stack: str
    status: str
    hourly_micro_usd: int | None = Field(ge=0)
    """None: the API did not say."""
    source: str
    """Which verb has read it."""

    @property
    def exists(self) -> bool:
        """Whether there is such a machine from then on."""
        return self.status != Status.DELETED

    @property
    def line(self) -> bytes:
        """As the ledger keeps it."""
        return self.model_dump_json().encode() + b"\n"


def fact(machine: OurMachine, stack: str, now: int, source: str) -> Fact:
    """What a read of the machine says."""
    return Fact(
        time=now,
        machine=machine.instance_id,
        name=machine.name,
        stack=stack,
        status=str(machine.status),
        hourly_micro_usd=machine.hourly_micro_usd,
        source=source,
    )
