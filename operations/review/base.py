"""The plan of another revision, worked out by that revision's own program in a checkout of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from operations.failure import USAGE, Failure
from operations.project import ROOT
from review.plan_summary import PlanSummary, read_summary

GIT_SECONDS = 120
PLAN_SECONDS = 120


def plan_of(revision: str, stack: str) -> PlanSummary | None:
    """None where that revision has no such stack. Raises Failure for a revision that cannot be read or planned."""
    file = f"Pulumi.{stack}.yaml"
    commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    if not git("ls-tree", "--name-only", commit, "--", file).strip():
        return None
    with _checkout(commit) as folder:
        command = [sys.executable, "-m", "operations.preview_report", "--dump-plan", "-s", stack]
        # The same Python environment: a revision that needs another one says so by failing.
        variables = {**os.environ, "PYTHONPATH": str(folder)}
        done = _run(command, folder, variables, PLAN_SECONDS)
    try:
        return read_summary(done.stdout)
    except ValueError:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        cause = f"{stack} cannot be planned as it is at {revision}: {said[-1] if said else 'no answer'}"
        raise Failure(cause, "compare with another revision: --base REV, or leave it out") from None


def git(*arguments: str) -> str:
    """What git prints. Raises Failure with its message."""
    done = _run(["git", *arguments], ROOT, dict(os.environ), GIT_SECONDS)
    if done.returncode:
        cause = done.stderr.strip() or "no such revision here"
        raise Failure(f"git {' '.join(arguments)}: {cause}", "fetch it first: git fetch", USAGE)
    return done.stdout


@contextlib.contextmanager
def _checkout(commit: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ai-platform-base-") as name:
        folder = Path(name) / "base"
        git("worktree", "add", "--quiet", "--detach", str(folder), commit)
        try:
            yield folder
        finally:
            git("worktree", "remove", "--force", str(folder))


def _run(
    command: list[str], folder: Path, variables: dict[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=variables,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"{command[0]} was not done within {seconds:.0f} s", "run the same command again") from None
