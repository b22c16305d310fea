"""A job as systemd knows it: a service that its timer starts."""

from __future__ import annotations

import shlex

from hosts.job import Job
from hosts.linux.unit import Unit

SPREAD_SECONDS = 300


def units(job: Job, user: str) -> tuple[Unit, Unit]:
    """The timer last: when it starts, its service has its file."""
    name = f"ai-platform-{job.name}"
    service = (
        f"[Unit]\nDescription={name}\n\n"
        f"[Service]\nType=oneshot\nUser={user}\nWorkingDirectory={job.folder}\n"
        f"ExecStart={shlex.join(job.command)}\nTimeoutStartSec={job.seconds}\nNice=10\nIOSchedulingClass=idle\n"
    )
    timer = (
        f"[Unit]\nDescription={name}\n\n"
        f"[Timer]\nOnActiveSec={job.first_seconds}\nOnUnitActiveSec={job.every_hours}h\n"
        f"RandomizedDelaySec={SPREAD_SECONDS}\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    return Unit(name=f"{name}.service", content=service, started=False), Unit(name=f"{name}.timer", content=timer)
