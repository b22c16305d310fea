"""What a month will have cost at its end. Pure; micro-dollars, rounded up."""

from __future__ import annotations

from dataclasses import dataclass

from operations.gpu.spend.periods import month_of
from operations.gpu.spend.summing import HOUR

LEAST_S = 24 * 3600
"""A month is judged by one day at least: its first minutes say nothing of the rest."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """`as_until_now`: the rest of the month is used as its beginning was. `never_stopped`: all runs on as it does."""

    as_until_now: int
    never_stopped: int


def forecast(spent: int, rate: int, now: int) -> Forecast:
    """`spent` this month so far; `rate` an hour at present."""
    month = month_of(now)
    left = month.end - now
    passed = min(max(now - month.begin, LEAST_S), month.end - month.begin)
    return Forecast(spent + _up(spent * left, passed), spent + _up(rate * left, HOUR))


def _up(amount: int, by: int) -> int:
    return -(-amount // by)
