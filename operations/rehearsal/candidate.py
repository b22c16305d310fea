"""The container on trial: made, started, watched and removed, whatever happens in between."""

from __future__ import annotations

import contextlib
import json
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.rehearsal.arguments import REHEARSAL_LABEL, create_arguments
from operations.rehearsal.spec import RehearsalSpec
from operations.rehearsal.uploads import archive, covered, secrets_of

LOG_LINES = "50"
POLL_SECONDS = 1.0
SETTLE_SECONDS = 5.0


@contextlib.contextmanager
def candidate(docker: DockerCli, spec: RehearsalSpec) -> Iterator[None]:
    """A started candidate with its files in place. It and its scratch volumes are gone after the block."""
    remove(docker, spec)
    try:
        with tempfile.TemporaryDirectory(prefix="ai-platform-rehearsal-") as folder:
            environment_file = Path(folder) / "environment"
            lines = [f"{entry}\n" for entry in spec.env if "\n" not in entry]
            environment_file.write_text("".join(lines), encoding="utf-8")
            docker.run(*create_arguments(spec, str(environment_file)))
        if spec.uploads:
            docker.run("cp", "-", f"{spec.candidate}:/", stdin=archive(spec.uploads))
        docker.run("start", spec.candidate)
        yield
    finally:
        with uninterrupted():
            remove(docker, spec)


def remove(docker: DockerCli, spec: RehearsalSpec) -> None:
    """Remove a candidate, this one or a stale one. Raises Failure when the name belongs to something else."""
    label = f'{{{{index .Config.Labels "{REHEARSAL_LABEL}"}}}}'
    found = docker.attempt("container", "inspect", "--format", label, spec.candidate)
    if found.returncode:
        return
    if found.stdout.decode().strip() != spec.service:
        raise Failure(f"{spec.candidate} exists and is no rehearsal of {spec.service}", f"docker rm {spec.candidate}")
    docker.run("rm", "--force", "--volumes", spec.candidate)


def until_healthy(docker: DockerCli, spec: RehearsalSpec) -> None:
    """Returns once the candidate is healthy, or, without a check, has kept running for a while.

    Raises Failure with the cause and the last lines of the log, secrets covered.
    """
    started = time.monotonic()
    while True:
        state = json.loads(docker.run("container", "inspect", "--format", "{{json .State}}", spec.candidate))
        elapsed = time.monotonic() - started
        health = state.get("Health")
        if state["Status"] == "running" and (
            health["Status"] == "healthy" if health else elapsed > min(SETTLE_SECONDS, spec.timeout_seconds)
        ):
            return
        if cause := trouble(state, elapsed > spec.timeout_seconds, spec.timeout_seconds):
            log = docker.attempt("logs", "--tail", LOG_LINES, spec.candidate)
            text = report(cause, (log.stdout + log.stderr).decode(errors="replace"))
            text = covered(text, secrets_of(spec.uploads, spec.redact))
            remedy = f"the running version was left alone; mend {spec.service}, then run the same command again"
            raise Failure(f"the new version of {spec.service} does not work: {text}", remedy)
        time.sleep(POLL_SECONDS)


def report(cause: str, log: str) -> str:
    """The cause, then what the candidate said, if it said anything."""
    return f"{cause}\nits last {LOG_LINES} lines:\n{log.rstrip()}" if log.strip() else f"{cause}; it said nothing"


def trouble(state: dict[str, Any], late: bool, timeout_seconds: float) -> str:
    """Why the candidate has failed; empty while it may still succeed."""
    checks = (state.get("Health") or {}).get("Log") or []
    last = f"; last check: {checks[-1]['Output'].strip()}" if checks else ""
    if state.get("OOMKilled"):
        return "it ran out of its memory limit"
    if state["Status"] not in ("running", "created"):
        return f"it ended with exit code {state['ExitCode']}"
    if (state.get("Health") or {}).get("Status") == "unhealthy":
        return f"its health check fails{last}"
    return f"it was not healthy within {timeout_seconds:g} s{last}" if late else ""


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Removal is bounded by the client's deadline; a second Ctrl-C must not leave the candidate behind."""
    previous = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
