"""The text of `launchctl print`: tabs, one level for the job's own keys (captures from macOS 26)."""

from __future__ import annotations

import signal

from .definition import Restarts
from .job import DEFAULT_PATH, EX_CONFIG, Job

_SPAWN_TYPES = {"interactive": "interactive (4)", "background": "background (5)", "adaptive": "adaptive (6)"}


def printed(job: Job) -> str:
    """The block of one job in the system domain."""
    definition = job.definition
    running = job.process is not None
    lines = [
        f"active count = {int(running)}",
        f"path = {definition.path}",
        "type = LaunchDaemon",
        f"state = {job.state}",
        "",
        f"program = {definition.arguments[0]}",
        *_block("arguments", list(definition.arguments)),
        "",
        f"stdout path = {definition.output}",
        f"stderr path = {definition.errors}",
        *_block("default environment", [f"PATH => {DEFAULT_PATH}"]),
        "",
        *_block("environment", [f"{key} => {value}" for key, value in _environment(job).items()]),
        "",
        "domain = system",
        f"username = {definition.user}",
        f"minimum runtime = {definition.throttle_seconds}",
        f"exit timeout = {definition.exit_seconds}",
        f"runs = {job.runs}",
        *([f"pid = {job.process.pid}"] if job.process is not None else []),
        "immediate reason = speculative",
        "forks = 0",
        "execs = 1",
        "initialized = 1",
        _last_end(job.exit_status),
        "",
        f"spawn type = {_SPAWN_TYPES.get(definition.process_type, 'daemon (3)')}",
        f"properties = {_properties(job)}",
    ]
    body = "\n".join(f"\t{line}" if line else "" for line in lines)
    return f"system/{definition.label} = {{\n{body}\n}}\n"


def _block(name: str, values: list[str]) -> list[str]:
    return [f"{name} = {{", *(f"\t{value}" for value in values), "}"]


def _environment(job: Job) -> dict[str, str]:
    return job.definition.environment | {"XPC_SERVICE_NAME": job.definition.label}


def _properties(job: Job) -> str:
    definition = job.definition
    keep_alive = ["keepalive"] if definition.restarts is not Restarts.NEVER else []
    return " | ".join([*keep_alive, *(["runatload"] if definition.run_at_load else []), "inferred program"])


def _last_end(status: int | None) -> str:
    if status is None:
        return "last exit code = (never exited)"
    if status < 0:
        name = signal.strsignal(-status) or "Unknown signal"
        return f"last terminating signal = {name}: {-status}"
    return f"last exit code = {status}: EX_CONFIG" if status == EX_CONFIG else f"last exit code = {status}"
