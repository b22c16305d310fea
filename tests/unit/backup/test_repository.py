"""How a restic that does not come to its end is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from operations.backup import repository
from operations.backup.repository import Repository
from operations.backup.restic import failed
from operations.failure import Failure


@pytest.fixture
def stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A restic that neither reads nor writes."""
    program = tmp_path / "restic"
    program.write_text("#!/bin/sh\nexec sleep 600\n", encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(repository, "program", lambda: str(program))
    return Repository(location="/backups", variables={"PATH": os.environ["PATH"]})


def test_a_backup_that_takes_too_long_is_told_with_its_deadline(stuck: Repository) -> None:
    with (
        pytest.raises(
            Failure, match=r"not stored \(/backups\): restic was ended at the deadline of 0 s.*\n.*--deadline"
        ),
        stuck.saving("a.tar", (), 0.1) as stream,
    ):
        for _ in range(1000):
            stream.write(b"x" * 65_536)


def test_a_backup_that_cannot_be_read_in_time_is_told_with_its_deadline(stuck: Repository) -> None:
    with (
        pytest.raises(Failure, match=r"cannot be read .*: restic was ended at the deadline of 0 s"),
        stuck.reading("id", "/a.tar", 0.1) as stream,
    ):
        stream.read()
        raise ValueError("what the reader stumbled over")


def test_a_list_that_takes_too_long_is_told(stuck: Repository) -> None:
    patient = Repository(location="/backups", variables=stuck.variables, patience=0.1)
    with pytest.raises(Failure, match=r"restic snapshots .* was not done within 0 s"):
        patient.snapshots()


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("Fatal: wrong password or no key found", "bring back the one"),
        (
            "Fatal: unable to open config file: x\nIs there a repository at the following location?\n/x",
            "scripts/backup",
        ),
        ("write /x: no space left on device", "make room"),
        ("", "read the message"),
    ],
)
def test_what_restic_says_comes_with_the_next_thing_to_do(said: str, hint: str) -> None:
    assert hint in str(failed("restic snapshots", "/x", said))
