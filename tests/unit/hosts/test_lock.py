"""One run at a time, and no lock outlives its run."""

from __future__ import annotations

import os

from hosts.report import Exit, parse_report
from tests.unit.hosts.shell import Shell


def hold(shell: Shell, holder: str) -> None:
    (shell.directory / "lock").mkdir()
    (shell.directory / "lock" / "holder").write_text(holder)


def test_a_lock_of_a_living_run_is_respected_and_its_holder_named(shell: Shell) -> None:
    hold(shell, f"{os.getpid()} is the process of somebody")
    result = shell.run("lock 1\nrun_step never 5 touch never")
    (refused,) = parse_report(result.stdout).steps
    assert result.returncode == Exit.LOCKED
    assert f"{os.getpid()} is the process of somebody. If it is dead: sudo rm -rf" in refused.detail
    assert (shell.directory / "lock").exists()
    assert not (shell.directory / "never").exists()


def test_a_lock_without_a_holder_is_respected(shell: Shell) -> None:
    (shell.directory / "lock").mkdir()
    assert shell.run("lock 0").returncode == Exit.LOCKED


def test_a_lock_of_a_dead_run_is_removed_and_said_so(shell: Shell) -> None:
    hold(shell, "4194304 is the process of a ghost")
    result = shell.run("lock 0\nrun_step first 5 true")
    assert result.returncode == Exit.OK
    assert "4194304 is the process of a ghost" in parse_report(result.stdout).steps[0].detail
    assert not (shell.directory / "lock").exists()


def test_check_mode_needs_no_lock(shell: Shell) -> None:
    hold(shell, f"{os.getpid()} is the process of somebody")
    assert shell.run("lock 0\nrun_step first 5 true", mode="check").returncode == Exit.OK


def test_of_many_runs_that_find_a_dead_lock_only_one_works_at_a_time(shell: Shell) -> None:
    hold(shell, "4194304 is the process of a ghost")
    body = "lock 20\nalone() { mkdir alone && sleep 0.1 && rmdir alone; }\nrun_step alone 5 alone"
    runs = [shell.start(body) for _ in range(3)]
    for run in runs:
        with run:
            out, err = run.communicate(timeout=60)
        assert run.returncode == Exit.OK, out + err


def test_a_lock_of_a_run_that_was_killed_before_it_wrote_its_name_is_removed(shell: Shell) -> None:
    (shell.directory / "lock").mkdir()
    result = shell.run("NAMELESS=1\nlock 20\nrun_step first 5 true")
    assert result.returncode == Exit.OK
    assert "it had no name yet" in parse_report(result.stdout).steps[0].detail
    assert not (shell.directory / "lock").exists()
