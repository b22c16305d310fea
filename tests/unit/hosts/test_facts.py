"""Facts are read in the shells that hosts have, and nothing is changed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from hosts.facts import OF_PLATFORM, Platform, facts_script
from hosts.report import parse_report
from tests.unit.hosts.shell import SHELLS


@pytest.mark.parametrize("shell", list(SHELLS))
def test_this_machine_tells_every_fact(shell: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [*SHELLS[shell], "check"], input=facts_script("linux"), cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    steps = {step.step: step for step in parse_report(done.stdout).steps}
    assert list(steps) == [fact.name for fact in OF_PLATFORM["linux"]]
    assert {step.status for step in steps.values()} == {"ok"}
    assert all(step.detail for step in steps.values())
    assert steps["clock"].detail.isdigit()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("platform", list(OF_PLATFORM))
def test_every_function_is_in_the_script(platform: Platform) -> None:
    text = facts_script(platform)
    assert all(f"\n{fact.function}() {{" in text for fact in OF_PLATFORM[platform])


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("platform", list(OF_PLATFORM))
def test_shellcheck_finds_nothing(platform: Platform) -> None:
    command = ["shellcheck", "--shell=sh", "--exclude=SC2016,SC2317", "-"]
    checked = subprocess.run(command, input=facts_script(platform), capture_output=True, text=True, check=False)
    assert checked.stdout == ""
