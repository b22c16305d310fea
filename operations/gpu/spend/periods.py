"""Days and months of UTC, as half-open spans of seconds since the epoch. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` until just before `end`. `name` is `2026-11-21` or `2026-11`."""

    name: str
    begin: int
    end: int


def day_of(second: int) -> Period:
    """The day that the second lies in."""
    begin = _moment(second).replace(hour=0, minute=0, second=0)
    return Period(f"{begin:%Y-%m-%d}", _second(begin), _second(begin + timedelta(days=1)))


def month_of(second: int) -> Period:
    """The month that the second lies in."""
    begin = _moment(second).replace(day=1, hour=0, minute=0, second=0)
    following = (begin + timedelta(days=31)).replace(day=1)
    return Period(f"{begin:%Y-%m}", _second(begin), _second(following))


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
