"""Backups and drills that are late are unhealthy."""

from __future__ import annotations

import pytest

from operations.backup.listing import Backup
from operations.backup.standing import standing
from operations.probing.verdict import State
from settings.backups import Backups

from .made import NOW, backup

SETTINGS = Backups(repository="/backups", every_hours=24, drill_days=7)
GOOD, BAD = State.HEALTHY, State.UNHEALTHY


@pytest.mark.parametrize(
    ("backups", "states"),
    [
        ([], (BAD, BAD)),
        ([backup(0.5)], (GOOD, BAD)),
        ([backup(0.5, drilled=True)], (GOOD, GOOD)),
        ([backup(0.5), backup(6.9, drilled=True)], (GOOD, GOOD)),
        ([backup(0.5), backup(7.1, drilled=True)], (GOOD, BAD)),
        ([backup(1.4, drilled=True)], (GOOD, GOOD)),
        ([backup(1.6, drilled=True)], (BAD, GOOD)),
        ([backup(0.5, verified=True)], (GOOD, BAD)),
        ([backup(2, drilled=True), backup(0.5, only="kb")], (BAD, GOOD)),
        ([backup(0.5, drilled=True, only="kb")], (BAD, BAD)),
        ([backup(-30, drilled=True)], (BAD, BAD)),
        ([backup(1.6, drilled=True), backup(-30, drilled=True)], (BAD, GOOD)),
        ([backup(-0.01, drilled=True)], (GOOD, GOOD)),
    ],
)
def test_what_was_promised_is_held_to_its_word(backups: list[Backup], states: tuple[State, State]) -> None:
    found = standing(backups, SETTINGS, NOW)
    assert (found["backup"].state, found["restore-drill"].state) == states
    assert all(one.detail for one in found.values())
