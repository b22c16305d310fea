"""However much a step prints, little of it is kept."""

from __future__ import annotations

from hosts.report import Exit, parse_report
from tests.unit.hosts.shell import Shell


def test_a_step_that_floods_takes_no_memory_and_its_end_is_reported(shell: Shell) -> None:
    within_100_mb = Shell(["sh", "-c", 'ulimit -v 100000; exec "$@"', "sh", *shell.command], shell.directory)
    flood = "flood() { head -c 200000000 /dev/zero | tr '\\0' x; echo; echo the end; }"
    result = within_100_mb.run(f"{flood}\nrun_step flood 30 flood")
    (step,) = parse_report(result.stdout).steps
    assert (result.returncode, step.status) == (Exit.OK, "ok"), result
    assert step.detail.endswith("the end")
    assert len(step.detail) <= 600
