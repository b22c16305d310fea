"""How backups show in scripts/health: only where a timer makes them, and never green by mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from operations.backup import probe
from operations.backup.listing import Backup
from operations.failure import Failure
from operations.probing.report import as_json
from operations.probing.verdict import State, exit_code

from .made import backup

STACK = """\
config:
  ai-platform:hosts:
    gate: {kind: linux, address: 10.0.0.1, cpus: 1, memory_gb: 4, disk_gb: 10,
           ssh: {user: ops, identity_file: key, known_hosts_file: known_hosts}}
  ai-platform:backups:
    repository: /nowhere/it
"""
TIMER = "    timer: {host: gate, folder: /srv/platform}\n"


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(probe, "ROOT", tmp_path)
    monkeypatch.setattr(probe, "stack_plan", lambda name: name)
    monkeypatch.setattr(probe, "repository_of", lambda plan: _Anything())
    return tmp_path / "Pulumi.office.yaml"


class _Anything:
    pass


def answer(monkeypatch: pytest.MonkeyPatch, backups: list[Backup] | Failure) -> None:
    def found(repository: object, environment: str) -> list[Backup]:
        if isinstance(backups, Failure):
            raise backups
        return backups

    monkeypatch.setattr(probe, "found", found)
    monkeypatch.setattr(probe, "replace", lambda repository, patience: repository)


def test_without_a_timer_nobody_was_promised_anything(stack: Path) -> None:
    stack.write_text(STACK)
    assert probe.verdicts("office", 5) == []


def test_a_timer_without_backups_is_unhealthy(stack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack.write_text(STACK + TIMER)
    answer(monkeypatch, [])
    found = probe.verdicts("office", 5)
    assert [(one.endpoint.name, one.state) for one in found] == [
        ("backup", State.UNHEALTHY),
        ("restore-drill", State.UNHEALTHY),
    ]
    assert exit_code(found) == 1
    assert "restore-drill" in as_json(found)


def test_fresh_and_drilled_backups_are_healthy(stack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack.write_text(STACK + TIMER)
    now = datetime.now(UTC)
    answer(monkeypatch, [replace(backup(0), began=now, drilled=now)])
    assert exit_code(probe.verdicts("office", 5)) == 0


def test_a_repository_that_cannot_be_asked_is_unhealthy(stack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack.write_text(STACK + TIMER)
    answer(monkeypatch, Failure("restic snapshots (/nowhere/it): no such\nfolder", "mount it"))
    found = probe.verdicts("office", 5)
    assert {(one.state, one.detail) for one in found} == {
        (State.UNHEALTHY, "restic snapshots (/nowhere/it): no such folder")
    }
