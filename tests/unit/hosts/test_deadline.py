"""However a run ends, nothing of it goes on."""

from __future__ import annotations

import os
import time

from hosts.report import Exit, parse_report
from tests.unit.hosts.shell import Shell, alive


def unique(number: int) -> str:
    """Seconds to sleep that no other run on this machine sleeps."""
    return f"{number}{os.getpid()}"


def test_a_step_that_hangs_ends_at_its_deadline_with_all_its_children(shell: Shell) -> None:
    hangs = f"hangs() {{ echo begun; (sleep {unique(1)} & sleep {unique(2)}); }}"
    result = shell.run(f"{hangs}\nrun_step first 1 hangs\nrun_step second 5 true")
    report = parse_report(result.stdout)
    assert result.returncode == Exit.FAILED
    assert report.steps[0].detail.startswith("begun\n")
    assert report.steps[0].detail.endswith("not done within 1 s: ended")
    assert report.summary == {"ok": 0, "changed": 0, "failed": 1, "skipped": 1}
    assert not alive(unique(1)) and not alive(unique(2))


def test_a_child_that_ignores_the_polite_signal_ends_too(shell: Shell) -> None:
    result = shell.run(f"deaf() {{ trap '' TERM; sleep {unique(3)}; }}\nrun_step deaf 1 deaf")
    assert result.returncode == Exit.FAILED
    assert not alive(unique(3))


def test_a_finished_step_leaves_no_watcher_behind(shell: Shell) -> None:
    assert shell.run(f"run_step quick {unique(4)} true").returncode == Exit.OK
    assert not alive(unique(4))


def test_a_run_that_is_told_to_end_ends_its_step_and_frees_the_lock(shell: Shell) -> None:
    with shell.start(f"lock 1\nrun_step long 60 sleep {unique(5)}") as process:
        deadline = time.monotonic() + 10
        while not alive(unique(5)) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.terminate()
        process.communicate(timeout=20)
    assert process.returncode == 130
    assert not alive(unique(5))
    assert not (shell.directory / "lock").exists()
