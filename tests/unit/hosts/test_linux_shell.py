"""What the script finds on a Linux host and what it then does: one JSON file a case, facts in, commands out."""

from __future__ import annotations

from pathlib import Path

import pytest

from hosts.report import Exit
from tests.unit.hosts.linux_shell import outcome, read_case

CASES = sorted(Path(__file__).with_name("cases").glob("linux/shell/*.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_facts_lead_to_these_commands(case: Path, tmp_path: Path) -> None:
    expected = read_case(case, tmp_path)
    found = outcome(tmp_path, expected)
    (step,) = found.report.steps
    assert (step.status, found.commands) == (expected["status"], expected.get("commands", [])), step
    for part in expected.get("detail", []):
        assert part in step.detail


@pytest.mark.parametrize("case", [path for path in CASES if "preflight" not in path.stem], ids=lambda path: path.stem)
def test_a_check_runs_no_command_that_changes_something(case: Path, tmp_path: Path) -> None:
    checked = {**read_case(case, tmp_path), "mode": "check"}
    found = outcome(tmp_path, checked)
    assert found.commands == []
    assert found.code in (Exit.OK, Exit.DIFFERS, Exit.FAILED)
    ours = {"absent", "bin", "commands"}
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert {path for path in left if path.split("/")[0] not in ours} == set(checked.get("files", {}))
