"""What counts as a backup."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from operations.backup.listing import DATA, WHOLE, choose, leftovers, listed
from operations.failure import Failure

from .made import NOW, backup, snapshot

NAME, OTHER = "20261120T030000Z-aaaa", "20261119T030000Z-bbbb"
TOLD = ("parts=3", "bytes=77")


def test_a_backup_is_an_archive_with_its_manifest() -> None:
    found = listed([snapshot(NAME, DATA), snapshot(NAME, WHOLE, *TOLD)], "prod")
    assert [(one.name, one.parts, one.bytes, one.archive) for one in found] == [(NAME, 3, 77, f"data-{NAME}")]


@pytest.mark.parametrize("half", [snapshot(NAME, DATA), snapshot(NAME, WHOLE, *TOLD)])
def test_half_a_backup_is_never_listed(half: object) -> None:
    assert listed([half], "prod") == []  # type: ignore[list-item]


def test_backups_of_another_environment_are_not_listed() -> None:
    both = [snapshot(NAME, DATA, environment="dev"), snapshot(NAME, WHOLE, *TOLD, environment="dev")]
    assert listed(both, "prod") == []


def test_the_last_of_several_marks_counts() -> None:
    marks = ("verified=20261119T000000Z", "verified=20261120T000000Z")
    found = listed([snapshot(NAME, DATA), snapshot(NAME, WHOLE, *TOLD, *marks)], "prod")[0]
    assert found.verified is not None
    assert (found.verified.day, found.drilled, found.proved) == (20, None, True)


def test_only_halves_that_are_old_enough_are_leftovers() -> None:
    snapshots = [snapshot(NAME, DATA, days_ago=1), snapshot(OTHER, DATA, days_ago=3)]
    assert leftovers(snapshots, "prod", NOW - timedelta(days=2)) == [snapshots[1]]


def test_a_time_means_the_last_backup_before_it() -> None:
    backups = [backup(3), backup(2), backup(1)]
    assert choose(backups, "latest") == backups[2]
    assert choose(backups, backups[0].name) == backups[0]
    assert choose(backups, (NOW - timedelta(days=1.5)).isoformat()) == backups[1]


def test_a_backup_of_one_database_is_meant_by_its_name_only() -> None:
    tags = (*TOLD, "only=kb")
    (one,) = listed([snapshot(NAME, DATA), snapshot(NAME, WHOLE, *tags)], "prod")
    assert one.only == "kb"
    backups = [backup(2), one]
    assert choose(backups, "latest") == choose(backups, NOW.isoformat()) == backups[0]
    assert choose(backups, NAME) == one


@pytest.mark.parametrize("moment", ["2020-01-01T00:00Z", "yesterday", "20200101T000000Z-aaaa"])
def test_a_time_without_a_backup_is_refused_with_those_that_there_are(moment: str) -> None:
    with pytest.raises(Failure, match=r"no whole backup|neither"):
        choose([backup(1)], moment)


def test_without_any_backup_latest_is_refused() -> None:
    with pytest.raises(Failure, match="known: none"):
        choose([], "latest")


def test_a_backup_from_under_a_wrong_clock_is_not_the_latest() -> None:
    now = datetime.now(UTC)
    real, ahead = (replace(backup(0), name=name, began=now + away) for name, away in (
        ("real", -timedelta(hours=2)), ("ahead", timedelta(days=30)),
    ))  # fmt: skip
    assert choose([real, ahead], "latest").name == "real"
    assert choose([real, ahead], "ahead").name == "ahead"
    assert choose([ahead], "latest").name == "ahead"
