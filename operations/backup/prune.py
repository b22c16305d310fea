"""Lets go of backups that no rule keeps, and of what runs that were cut off have left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from operations.backup.listing import leftovers, listed
from operations.backup.repository import SHORT, Repository
from operations.backup.retention import surplus
from settings.backups import Keep

UNDER_WAY = timedelta(hours=48)
"""A run on another machine may still be at work on an archive without a manifest."""


def prune(repository: Repository, environment: str, keep: Keep, seconds: float) -> list[str]:
    """Names of the backups that went. Their manifests go first: what is cut off in between is not listed."""
    snapshots = repository.snapshots()
    gone = surplus(listed(snapshots, environment), keep)
    left = leftovers(snapshots, environment, datetime.now(UTC) - UNDER_WAY)
    if not gone and not left:
        return []
    for ids in ([one.manifest for one in gone], [one.archive for one in gone], [one.id for one in left]):
        if ids:
            repository.alone("forget", *ids, seconds=SHORT)
    repository.alone("prune", seconds=seconds)
    return [one.name for one in gone]
