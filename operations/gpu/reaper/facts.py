"""What a decision about one machine rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from operations.gpu.budget import Standing
from operations.gpu.machines import OurMachine

UNKNOWN_MINUTES: Final = 60


class Source(BaseModel):
    """One way in which a machine may be in use. With an `error` it counts as used."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    idle_seconds: float = Field(ge=0)
    detail: str = ""
    error: str = ""


class Card(BaseModel):
    """One graphics card of a machine."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    index: int
    utilisation_percent: int
    temperature_c: int
    memory_used_mib: int
    memory_total_mib: int = Field(gt=0)

    @property
    def memory_percent(self) -> int:
        """Of its memory, rounded down."""
        return self.memory_used_mib * 100 // self.memory_total_mib


class Activity(BaseModel):
    """What `ai-platform-activity` of a machine prints. Seconds of the machine's own life."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    uptime_seconds: float
    sources: Mapping[str, Source] = Field(min_length=1)
    cards: tuple[Card, ...] = ()
    closed: bool | None = None

    @property
    def idle_seconds(self) -> float:
        """For how long nobody has used the machine in any way."""
        return min(source.idle_seconds for source in self.sources.values())

    @property
    def used_at(self) -> float:
        """The last use, in seconds of the machine's life."""
        return self.uptime_seconds - self.idle_seconds

    @property
    def in_use(self) -> str:
        """Who uses it, for people: the sources that were used last."""
        by_use = sorted(self.sources.items(), key=lambda one: one[1].idle_seconds)
        name, source = by_use[0]
        return f"{name}{f': {source.detail}' if source.detail else ''}"

    @property
    def unknown(self) -> str:
        """The sources that do not tell, and why; empty when all do."""
        return "; ".join(f"{name}: {source.error}" for name, source in self.sources.items() if source.error)


@dataclass(frozen=True, slots=True)
class Unread:
    """Nobody can tell whether the machine is in use."""

    cause: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the settings allow a machine."""

    idle_minutes: float
    stopped_days: int
    unknown_minutes: int = UNKNOWN_MINUTES
    running_micro_usd: int | None = None
    """What it costs an hour when it runs; None where nobody knows."""


@dataclass(frozen=True, kw_only=True)
class History:
    """For how many seconds it has been so; zero where it is not."""

    stopped: float = 0.0
    unknown: float = 0.0
    lost: float = 0.0
    hot: float = 0.0
    full: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Case:
    """One machine at one moment. `idle_seconds` counts only where `activity` was read."""

    machine: OurMachine
    activity: Activity | Unread
    idle_seconds: float
    limits: Limits
    standings: tuple[Standing, ...]
    history: History


def parsed(text: str) -> Activity | Unread:
    """What a machine printed. What is no such object is no activity."""
    try:
        return Activity.model_validate_json(text.strip() or "null")
    except ValueError as error:
        first: Any = str(error).splitlines()[0]
        return Unread(f"what it tells of its activity cannot be read ({first})")
