"""Which backups may go. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from operations.backup.listing import Backup
from settings.backups import Keep

OF_ONE_DATABASE = 5
"""So many backups of each database that were made before its migrations stay."""


def surplus(backups: Sequence[Backup], keep: Keep) -> list[Backup]:
    """What no rule keeps. The newest one and the newest proved one of the environment always stay."""
    newest_first = sorted((one for one in backups if not one.only), key=lambda one: one.began, reverse=True)
    proved = next((one for one in newest_first if one.proved), None)
    kept = {one.name for one in (*newest_first[:1], *([proved] if proved else []))}
    kept |= _last_of_each(newest_first, keep.days, lambda time: time.strftime("%Y-%m-%d"))
    kept |= _last_of_each(newest_first, keep.weeks, lambda time: time.strftime("%G-%V"))
    kept |= _last_of_each(newest_first, keep.months, lambda time: time.strftime("%Y-%m"))
    for name in {one.only for one in backups if one.only}:
        kept |= {one.name for one in _newest(backups, name)}
    return [one for one in backups if one.name not in kept]


def _newest(backups: Sequence[Backup], only: str) -> list[Backup]:
    return sorted((one for one in backups if one.only == only), key=lambda one: one.began)[-OF_ONE_DATABASE:]


def _last_of_each(newest_first: Sequence[Backup], count: int, period: Callable[[datetime], str]) -> set[str]:
    """The last backup of each of the last `count` periods in which there is any."""
    last: dict[str, str] = {}
    for one in newest_first:
        last.setdefault(period(one.began), one.name)
    return set(list(last.values())[:count])
