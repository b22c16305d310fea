"""Only an engine that was started here counts as ours."""

import os
from pathlib import Path

import pytest

from toolchain import docker_engine


@pytest.fixture
def pid_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "ai-platform"
    folder.mkdir()
    return folder / "dockerd.pid"


def started_at(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def test_without_a_record_nothing_is_ours_and_stop_does_nothing(pid_file: Path) -> None:
    assert not pid_file.exists()
    assert docker_engine.own_engine() is None
    assert docker_engine.stop_engine() is False


def test_a_process_that_has_taken_over_the_number_is_not_ours(pid_file: Path) -> None:
    pid_file.write_text(f"{os.getpid()} 1\n")
    assert docker_engine.own_engine() is None
    assert docker_engine.stop_engine() is False


def test_the_recorded_process_is_ours_while_it_lives(pid_file: Path) -> None:
    pid_file.write_text(f"{os.getpid()} {started_at(os.getpid())}\n")
    assert docker_engine.own_engine() == os.getpid()


def test_an_engine_named_by_the_environment_is_never_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/none.sock")
    monkeypatch.setattr(docker_engine, "engine_version", lambda: None)
    with pytest.raises(docker_engine.EngineMissing, match="no engine answers at DOCKER_HOST=unix://"):
        docker_engine.ensure_engine()
