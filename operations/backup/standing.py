"""Whether backups are made and proved as promised. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from operations.backup.listing import SKEW, Backup, until
from operations.probing.verdict import Finding, State
from settings.backups import Backups

LATE = 1.5
"""A backup takes its time, and one that failed may be made again: so many times `every_hours` may pass."""


def standing(backups: Sequence[Backup], settings: Backups, now: datetime) -> dict[str, Finding]:
    """By what is promised: a new backup every few hours, a drill every few days."""
    of_all = [one for one in backups if not one.only]
    begun = [one.began for one in until(now, of_all)]
    drilled = [one.drilled for one in of_all if one.drilled and one.drilled <= now + SKEW]
    ahead = len(of_all) - len(begun)
    wrong = f"; {ahead} began in the future: a clock is wrong, or was" if ahead else ""
    return {
        "backup": _judged(
            max(begun, default=None),
            now,
            timedelta(hours=settings.every_hours * LATE),
            "the last whole backup began",
            f"no whole backup{wrong}",
        ),
        "restore-drill": _judged(
            max(drilled, default=None),
            now,
            timedelta(days=settings.drill_days),
            "a restore was last drilled",
            "no restore was ever drilled",
        ),
    }


def _judged(last: datetime | None, now: datetime, allowed: timedelta, done: str, never: str) -> Finding:
    if last is None:
        return Finding(State.UNHEALTHY, never)
    hours = (now - last).total_seconds() / 3600
    state = State.HEALTHY if now - last <= allowed else State.UNHEALTHY
    return Finding(state, f"{done} {hours:.0f} h ago, at most {allowed.total_seconds() / 3600:.0f} h are promised")
