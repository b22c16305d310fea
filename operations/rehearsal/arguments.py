"""The candidate as arguments of `docker create`: like the service, but without ports, alias, restarts and live data."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from operations.rehearsal.spec import Healthcheck, RehearsalSpec

REHEARSAL_LABEL = "ai-platform.rehearsal"
CHECK_EVERY = "2s"


def create_arguments(spec: RehearsalSpec, environment_file: str) -> list[str]:
    """Everything after `docker`. Holds no secret: those are uploads.

    Variables come from `environment_file`, which holds one a line; those of several lines stand here.
    """
    arguments = [
        "create", "--name", spec.candidate, "--pull", "never", "--restart", "no", "--network", spec.network,
        "--label", f"ai-platform.environment={spec.environment}", "--label", f"{REHEARSAL_LABEL}={spec.service}",
        "--log-driver", "json-file", "--log-opt", "max-size=10m",
        "--add-host", "host.docker.internal:host-gateway", "--env-file", environment_file,
    ]  # fmt: skip
    arguments += repeated("--env", (entry for entry in spec.env if "\n" in entry))
    arguments += repeated("--volume", spec.scratch_paths)
    arguments += repeated("--volume", (f"{one.name}:{one.path}:ro" for one in spec.read_only_volumes))
    arguments += repeated("--tmpfs", (f"{path}:{options}".rstrip(":") for path, options in spec.tmpfs.items()))
    arguments += repeated("--cap-drop", spec.cap_drop)
    arguments += repeated("--cap-add", spec.cap_add)
    arguments += repeated("--security-opt", spec.security_opts)
    arguments += ["--read-only"] if spec.read_only else []
    arguments += ["--user", spec.user] if spec.user else []
    arguments += ["--cpus", spec.cpus] if spec.cpus else []
    if spec.memory_mb:
        arguments += ["--memory", f"{spec.memory_mb}m", "--memory-swap", f"{spec.memory_mb}m"]
    if spec.healthcheck:
        arguments += health_arguments(spec.healthcheck, spec.timeout_seconds)
    if not spec.entrypoint:
        return [*arguments, spec.image, *spec.command]
    program, *rest = spec.entrypoint
    return [*arguments, "--entrypoint", program, spec.image, *rest, *spec.command]


def health_arguments(check: Healthcheck, patience_seconds: float) -> list[str]:
    """Checked often, and failures do not count until the rehearsal's own time is over.

    The client knows only checks through the shell, so a CMD check is quoted for it.
    """
    form, *words = check.tests
    if form == "NONE":
        return ["--no-healthcheck"]
    command = words[0] if form == "CMD-SHELL" else shlex.join(words)
    patience = f"{patience_seconds:.0f}s"
    return ["--health-cmd", command, "--health-interval", CHECK_EVERY, "--health-timeout", check.timeout,
            "--health-retries", "3", "--health-start-period", patience]  # fmt: skip


def repeated(option: str, values: Iterable[str]) -> list[str]:
    """The option once before each value."""
    return [part for value in values for part in (option, value)]
