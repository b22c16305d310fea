"""Who holds a stack's lock, and whether anybody still does."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from operations.failure import Failure
from operations.locks import Lock, clear_dead, locks

NOBODY = 4_194_305
"""Larger than any process id that Linux gives."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / ".pulumi" / "locks" / "organization" / "ai-platform" / "dev"
    made.mkdir(parents=True)
    return made


def held(folder: Path, **content: Any) -> list[Lock]:
    here = {"pid": NOBODY, "username": "ada", "hostname": socket.gethostname(), "timestamp": "2026-01-01T00:00:00Z"}
    (folder / "0b0e1c6e.json").write_text(json.dumps({**here, **content}), encoding="utf-8")
    return locks(f"file://{folder.parents[4]}", "ai-platform", "dev")


def started(name: str) -> subprocess.Popen[bytes]:
    """A process of that name, which has begun to run and ends when its standard input is closed."""
    command = ["sh", "-c", "echo ready; read _", name]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    return process


def test_the_lock_of_a_dead_process_is_stale_and_names_who_left_it(folder: Path) -> None:
    (lock,) = held(folder)
    assert lock.stale
    assert lock.describe() == f"ada@{socket.gethostname()}, process {NOBODY}, since 2026-01-01T00:00:00Z"


def test_the_lock_of_a_running_engine_is_live(folder: Path) -> None:
    with started("pulumi") as engine:
        (lock,) = held(folder, pid=engine.pid)
        assert not lock.stale


def test_a_process_that_only_got_the_number_of_a_dead_engine_does_not_hold_its_lock(folder: Path) -> None:
    with started("something-else") as other:
        (lock,) = held(folder, pid=other.pid)
        assert lock.stale


def test_the_lock_of_another_host_is_never_called_stale(folder: Path) -> None:
    (lock,) = held(folder, hostname="elsewhere")
    assert not lock.on_this_host
    assert not lock.stale


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"pid": "many"}', '{"pid": null}'])
def test_a_damaged_lock_is_named_with_the_command_that_clears_it(folder: Path, content: str) -> None:
    (folder / "torn.json").write_text(content, encoding="utf-8")
    with pytest.raises(Failure, match=r"torn\.json(?s:.*)scripts/pulumi cancel -s dev --yes"):
        locks(f"file://{folder.parents[4]}", "ai-platform", "dev")


def test_a_lock_that_is_given_back_while_one_looks_is_none(folder: Path) -> None:
    (folder / "gone.json").symlink_to(folder / "nowhere")
    assert locks(f"file://{folder.parents[4]}", "ai-platform", "dev") == []


def test_locks_of_other_stacks_and_other_backends_are_left_to_themselves(folder: Path) -> None:
    held(folder, pid=os.getpid())
    assert locks(f"file://{folder.parents[4]}", "ai-platform", "prod") == []
    assert locks("s3://bucket", "ai-platform", "dev") == []


def test_only_locks_of_runs_that_died_here_are_taken_away(folder: Path) -> None:
    with started("pulumi") as engine:
        (mine,) = held(folder, hostname="elsewhere")
        mine.file.rename(folder / "elsewhere.json")
        (live,) = [lock for lock in held(folder, pid=engine.pid) if lock.on_this_host]
        live.file.rename(folder / "live.json")
        (dead,) = [lock for lock in held(folder) if lock.stale]
        assert clear_dead(f"file://{folder.parents[4]}", "ai-platform", "dev") == [dead]
    assert {file.name for file in folder.iterdir()} == {"elsewhere.json", "live.json"}
