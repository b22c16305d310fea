"""The text of `launchctl print`: tabs, one level for the job's own keys (captures from macOS 26)."""

from __future__ import annotations

from .job import EX_CONFIG, Job


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
        *_block("environment", [f"{key} => {value}" for key, value in definition.environment.items()]),
        "",
        "domain = system",
        f"username = {definition.user}",
        f"minimum runtime = {definition.throttle_seconds}",
        f"exit timeout = {definition.exit_seconds}",
        f"runs = {job.runs}",
        *([f"pid = {job.process.pid}"] if job.process is not None else []),
        f"last exit code = {_exit_status(job.exit_status)}",
    ]
    body = "\n".join(f"\t{line}" if line else "" for line in lines)
    return f"system/{definition.label} = {{\n{body}\n}}\n"


def _block(name: str, values: list[str]) -> list[str]:
    return [f"{name} = {{", *(f"\t{value}" for value in values), "}"]


def _exit_status(status: int | None) -> str:
    if status is None:
        return "(never exited)"
    return f"{status}: EX_CONFIG" if status == EX_CONFIG else str(status)
