"""Idle time by the clock of a simulated account, which its tests move ahead: its machines live in real time."""

from __future__ import annotations

from operations.gpu.reaper.facts import Activity
from operations.gpu.remembered import Watches

SAME_S = 10
"""Two reads of the same last use differ by less."""


def simulated_idle(watches: Watches, identifier: str, activity: Activity) -> float:
    """Seconds of the account since the last use that was read, at least those of the machine."""
    number = round(activity.used_at / SAME_S)
    names = [f"{identifier}:unused-since:{near}" for near in (number, number - 1, number + 1)]
    known = next((name for name in names if watches.holds(name)), names[0])
    return max(activity.idle_seconds, watches.seconds(known))
