"""Which backups may go, and which never."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given, settings

from operations.backup.listing import Backup
from operations.backup.retention import surplus
from settings.backups import Keep

from .made import backup


def kept(backups: list[Backup], keep: Keep) -> list[Backup]:
    gone = surplus(backups, keep)
    return [one for one in backups if one not in gone]


def test_the_last_of_each_day_stays_for_as_many_days_as_there_are_backups_of() -> None:
    backups = [backup(days / 2) for days in range(20)]
    days = Keep(days=3, weeks=0)
    assert {one.began.date() for one in kept(backups, days)} == {one.began.date() for one in backups[:5]}
    assert len(kept(backups, days)) == 3


def test_weeks_and_months_reach_further_back() -> None:
    backups = [backup(days) for days in range(120)]
    found = {one.began.strftime("%m-%d") for one in kept(backups, Keep(days=7, weeks=4, months=3))}
    assert found == {*(f"11-{day}" for day in range(15, 22)), "11-08", "11-01", "10-31", "09-30"}


def test_backups_before_migrations_neither_push_others_out_nor_stay_for_ever() -> None:
    of_all = [backup(days) for days in (1, 2, 3)]
    of_one = [backup(days / 10, only="kb") for days in range(7)]
    other = backup(400, only="shop")
    assert kept([*of_all, *of_one, other], Keep(days=2, weeks=0)) == [*of_all[:2], *of_one[:5], other]


def test_the_last_proved_backup_stays_however_old_it_is() -> None:
    old, older = backup(300, verified=True), backup(301, drilled=True)
    backups = [older, old, *(backup(days) for days in range(30))]
    assert old in kept(backups, Keep(days=1, weeks=0))
    assert older not in kept(backups, Keep(days=1, weeks=0))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 800), st.booleans()), max_size=40), st.integers(1, 30), st.integers(0, 9))
def test_the_newest_and_the_newest_proved_one_always_stay(
    drawn: list[tuple[float, bool]], days: int, weeks: int
) -> None:
    backups = list({round(age, 3): backup(round(age, 3), verified=proved) for age, proved in drawn}.values())
    gone = surplus(backups, Keep(days=days, weeks=weeks))
    newest = sorted(backups, key=lambda one: one.began)
    assert newest[-1:] == [] or newest[-1] not in gone
    proved = [one for one in newest if one.proved]
    assert proved[-1:] == [] or proved[-1] not in gone
