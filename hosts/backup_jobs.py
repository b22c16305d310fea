"""Backups and restore drills as jobs of the host that the settings name. Pure."""

from __future__ import annotations

from hosts.job import Job
from planning.plan import Plan

SECONDS = 6 * 3600
DRILL_SECONDS = 2 * 3600
"""By then there is a first backup to drill."""
WAIT = ("--wait", "7200")
PACKAGE = "restic"


def backup_jobs(plan: Plan, host: str) -> tuple[Job, ...]:
    """None for every other host. Drills come twice as often as promised: one may fail without breaking the promise."""
    backups = plan.environment.backups
    if backups is None or backups.timer is None or backups.timer.host != host:
        return ()
    folder, stack = backups.timer.folder.rstrip("/"), ("-s", plan.name)
    return (
        Job(
            name=f"backup-{plan.name}",
            command=(f"{folder}/scripts/backup", "run", *stack, *WAIT),
            folder=folder,
            every_hours=backups.every_hours,
            seconds=SECONDS,
        ),
        Job(
            name=f"restore-drill-{plan.name}",
            command=(f"{folder}/scripts/restore", "drill", *stack, *WAIT),
            folder=folder,
            every_hours=backups.drill_days * 12,
            first_seconds=DRILL_SECONDS,
            seconds=SECONDS,
        ),
    )
