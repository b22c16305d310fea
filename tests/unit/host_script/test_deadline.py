"""However a run ends, nothing of it goes on."""

from __future__ import annotations

import time

from components.host_script import parse_report
from components.host_script.report import Exit
from tests.unit.host_script.shell import Shell, alive


def test_a_step_that_hangs_ends_at_its_deadline_with_all_its_children(shell: Shell) -> None:
    hangs = "hangs() { echo begun; (sleep 98701 & sleep 98702); }"
    started = time.monotonic()
    result = shell.run(f"{hangs}\nrun_step first 1 hangs\nrun_step second 5 true")
    report = parse_report(result.stdout)
    assert result.returncode == Exit.FAILED
    assert time.monotonic() - started < 8
    assert report.steps[0].detail.startswith("begun\n")
    assert report.steps[0].detail.endswith("not done within 1 s: ended")
    assert report.summary == {"ok": 0, "changed": 0, "failed": 1, "skipped": 1}
    assert not alive("98701") and not alive("98702")


def test_a_child_that_ignores_the_polite_signal_ends_too(shell: Shell) -> None:
    result = shell.run("deaf() { trap '' TERM; sleep 98703; }\nrun_step deaf 1 deaf")
    assert result.returncode == Exit.FAILED
    assert not alive("98703")


def test_a_finished_step_leaves_no_watcher_behind(shell: Shell) -> None:
    assert shell.run("run_step quick 98704 true").returncode == Exit.OK
    assert not alive("98704")


def test_a_run_that_is_told_to_end_ends_its_step_and_frees_the_lock(shell: Shell) -> None:
    with shell.start("lock 1\nrun_step long 60 sleep 98705") as process:
        deadline = time.monotonic() + 10
        while not alive("98705") and time.monotonic() < deadline:
            time.sleep(0.05)
        process.terminate()
        process.communicate(timeout=20)
    assert process.returncode == 130
    assert not alive("98705")
    assert not (shell.directory / "lock").exists()
