"""What every workflow keeps to. scripts/lint asks actionlint and zizmor for the rest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolchain.places import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"^actions/[a-z-]+@[0-9a-f]{40}$")
SCRIPT = re.compile(r"scripts/([a-z-]+)")
RENTED = {"gpu-reaper", "gpu-sweep"}
"""Verbs of rented machines."""


def jobs(file: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text())["jobs"]
    return found


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(file).values() for step in job["steps"]]


def test_the_five_workflows_are_there() -> None:
    assert [file.stem for file in FILES] == ["deploy", "drift", "idle-teardown", "preview", "review-stack"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_is_granted_but_by_the_job_that_needs_it(file: Path) -> None:
    document = yaml.safe_load(file.read_text())
    assert document["permissions"] == {}
    for name, job in jobs(file).items():
        writes = {what for what, how in job["permissions"].items() if how == "write"}
        assert writes == ({"pull-requests"} if (file.stem, name) == ("preview", "comment") else set())
        assert job["timeout-minutes"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_actions_are_the_official_ones_by_commit_and_no_checkout_leaves_a_token(file: Path) -> None:
    for step in steps(file):
        if "uses" in step:
            assert PINNED.match(step["uses"])
            if step["uses"].startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_text_of_a_pull_request_becomes_a_command(file: Path) -> None:
    assert not any("${{" in step.get("run", "") for step in steps(file))
    assert "pull_request_target" not in file.read_text()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_logic_is_in_scripts_that_are_there(file: Path) -> None:
    named = {name for step in steps(file) for name in SCRIPT.findall(step.get("run", ""))} - RENTED
    assert named or file.stem == "idle-teardown"
    assert all((ROOT / "scripts" / name).is_file() for name in named)


def test_one_run_at_a_time_changes_an_environment() -> None:
    for stem, job in (("deploy", "deploy"), ("drift", "drift")):
        concurrency = jobs(ROOT / ".github" / "workflows" / f"{stem}.yml")[job]["concurrency"]
        assert concurrency == {"group": "stack-${{ matrix.stack }}", "cancel-in-progress": False}


def test_a_merge_never_rents() -> None:
    text = (ROOT / ".github" / "workflows" / "deploy.yml").read_text()
    assert text.count("scripts/affected-stacks --json --without-rented") == text.count("scripts/affected-stacks")


def test_the_job_that_may_write_runs_the_code_of_the_base() -> None:
    job = jobs(ROOT / ".github" / "workflows" / "preview.yml")["comment"]
    assert job["steps"][0]["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert "secrets." not in str(job)
