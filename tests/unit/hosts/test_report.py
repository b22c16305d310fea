"""Every line of a report is JSON, and the exit code says what happened."""

from __future__ import annotations

import json

import pytest

from hosts.report import Exit, parse_report
from tests.unit.hosts.shell import Shell


@pytest.mark.parametrize(
    "output",
    [
        r"printf 'quote \" backslash \\ tab \t dollar $(id) `id`\n'",
        r"head -c 1000000 /dev/urandom",
        r"printf '\377\376\000\033[31mred'",
        r"printf 'first\nsecond\r\n\nfourth'",
        "true",
    ],
)
@pytest.mark.parametrize("ending", ["return 0", "exit 7", "done_changing"])
def test_any_output_of_a_step_makes_one_short_line_of_json(shell: Shell, output: str, ending: str) -> None:
    result = shell.run(f"noisy() {{ {output}; {ending}; }}\nrun_step noisy 20 noisy")
    lines = result.stdout.splitlines()
    assert len(lines) == 2
    assert len(json.loads(lines[0])["detail"]) <= 600


def test_check_mode_stops_each_step_before_its_change_and_goes_on_with_the_next(shell: Shell) -> None:
    step = 'step() { must_change "$1 is wrong"; touch "$1"; done_changing; }'
    body = f"{step}\nrun_step one 5 step one\nrun_step two 5 step two\nrun_step three 5 true"
    result = shell.run(body, mode="check")
    assert result.returncode == Exit.DIFFERS
    assert parse_report(result.stdout).with_status("would-change") == ["one", "two"]
    assert list(shell.directory.iterdir()) == []
    assert shell.run(body).returncode == Exit.OK
    assert {path.name for path in shell.directory.iterdir()} == {"one", "two"}


def test_preflight_names_everything_that_is_missing_at_once(shell: Shell) -> None:
    result = shell.run("DATA_PATH=.\npreflight nobody-here 88888888888 /nowhere 99999999\nrun_step never 5 touch never")
    (preflight,) = parse_report(result.stdout).steps
    assert result.returncode == Exit.PREFLIGHT
    for missing in (
        "Apple silicon",
        "a login as nobody-here",
        "Homebrew in /nowhere",
        "launchctl",
        "99999999 MB",
        "88888888888 MB of free disk",
    ):
        assert missing in preflight.detail
    assert not (shell.directory / "never").exists()


@pytest.mark.parametrize("mode", ["", "destroy"])
def test_an_unknown_mode_does_nothing(shell: Shell, mode: str) -> None:
    assert shell.run("run_step never 5 touch never", mode=mode).returncode == 64
    assert list(shell.directory.iterdir()) == []


def test_a_report_that_was_cut_off_is_refused() -> None:
    with pytest.raises(ValueError, match="cut off: no summary after 1 steps"):
        parse_report('{"step":"a","status":"ok","detail":""}\n')
