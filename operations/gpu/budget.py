"""What an environment has spent, beside what it may spend. Pure; whole micro-dollars."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from providers.tensordock.client.money import to_dollars, to_micros
from settings.budget import Budget


class Level(IntEnum):
    """How much of a budget is spent, percent: what each step asks for."""

    FINE = 0
    WARN = 50
    ALERT = 80
    STOP = 100
    """Machines are stopped, and none is started."""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What the machines of an environment have cost, micro-dollars. `day` and `month` name the periods, in UTC."""

    day: str
    """`2026-11-21`"""
    today: int
    month: str
    """`2026-11`"""
    this_month: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One budget and how much of it is spent, micro-dollars."""

    period: Literal["day", "month"]
    key: str
    spent: int
    limit: int

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: 100 says that it is used up."""
        return self.spent * 100 // self.limit

    @property
    def level(self) -> Level:
        """The highest step that is reached."""
        return max(level for level in Level if self.percent >= level)

    @property
    def left(self) -> int:
        """Micro-dollars, never below zero."""
        return max(0, self.limit - self.spent)

    def describe(self) -> str:
        """`4.10 of 5 USD of the day 2026-11-21 (82 %)`"""
        spent = f"{to_dollars(self.spent):.2f}"
        limit = f"{to_dollars(self.limit).normalize():f}"
        return f"{spent} of {limit} USD of the {self.period} {self.key} ({self.percent} %)"


def standings(spent: Spent, budget: Budget) -> tuple[Standing, Standing]:
    """Where an environment stands, for the day and for the month."""
    return (
        Standing(period="day", key=spent.day, spent=spent.today, limit=to_micros(budget.day_usd)),
        Standing(period="month", key=spent.month, spent=spent.this_month, limit=to_micros(budget.month_usd)),
    )


def level(found: tuple[Standing, ...]) -> Level:
    """The highest step of all budgets; FINE where there is none."""
    return max((each.level for each in found), default=Level.FINE)


def used_up(found: tuple[Standing, ...]) -> list[Standing]:
    """The budgets that refuse a start and stop what runs."""
    return [each for each in found if each.level is Level.STOP]
