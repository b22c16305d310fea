"""What people are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from operations.gpu.budget import Level, Standing

WORDS = {Level.WARN: "warning", Level.ALERT: "alert", Level.STOP: "used up"}


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that happened. `key` names it and its period: it is told once."""

    key: str
    environment: str
    subject: str
    text: str


class Undelivered(Exception):
    """A channel did not take an alert. The text holds no secret."""


class Channel(Protocol):
    """One way to tell people."""

    @property
    def name(self) -> str:
        """What it is called in the memory of alerts."""

    def send(self, alert: Alert) -> None:
        """Returns when somebody has taken it over. Raises Undelivered or Failure."""


def budget_alerts(environment: str, found: tuple[Standing, ...]) -> list[Alert]:
    """One alert for each budget that has reached a step: the highest step only, once a period."""
    return [_budget_alert(environment, each) for each in found if each.level > Level.FINE]


def _budget_alert(environment: str, standing: Standing) -> Alert:
    word = WORDS[standing.level]
    effect = {
        Level.WARN: "Nothing is stopped.",
        Level.ALERT: "At 100 % rented machines are stopped.",
        Level.STOP: "Rented machines are stopped, and none is started until the budget is raised or the period ends.",
    }[standing.level]
    return Alert(
        key=f"budget:{standing.period}:{standing.key}:{int(standing.level)}",
        environment=environment,
        subject=f"{environment}: budget of the {standing.period}: {word} ({standing.percent} %)",
        text=f"{environment} has spent {standing.describe()}.\n{effect}\nLook: scripts/cost-check.sh",
    )
