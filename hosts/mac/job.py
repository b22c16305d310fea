"""A job as launchd knows it. Its output goes to the log of its name, which is rotated with the others."""

from __future__ import annotations

import shlex

from hosts.job import Job
from hosts.mac.launch_daemon import LaunchDaemon
from hosts.step import Step


def job_step(job: Job, user: str, home: str) -> Step:
    """Has it loaded; launchd starts no second one while one runs."""
    # macOS has no `timeout`: a watcher ends what takes too long.
    script = (
        f"sleep {job.first_seconds}; cd {shlex.quote(job.folder)} || exit 1; {shlex.join(job.command)} & work=$!; "
        f'(sleep {job.seconds}; kill "$work") >/dev/null 2>&1 & watcher=$!; wait "$work"; code=$?; '
        'kill "$watcher" 2>/dev/null; exit "$code"'
    )
    daemon = LaunchDaemon(
        name=job.name, program=("/bin/sh", "-c", script), user=user, home=home, every_seconds=job.every_hours * 3600
    )
    return daemon.step(60, ("probe_loaded",))
