"""Which backups a repository holds: those whose manifest was written, and whose archive is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from operations.backup.manifest import FILE, Manifest
from operations.backup.repository import SHORT, Repository
from operations.backup.snapshot import Snapshot
from operations.failure import USAGE, Failure

WHOLE = "complete"
ONLY = "only"
DATA = "data"
VERIFIED = "verified"
DRILLED = "drilled"
NAME = "%Y%m%dT%H%M%SZ"
MANIFEST_BYTES = 1 << 30
SKEW = timedelta(hours=1)
"""By so much may the clocks of two machines differ. What began later than that was made under a wrong one."""


@dataclass(frozen=True, kw_only=True)
class Backup:
    """One whole backup. `name` begins with the time at which it began; `parts` and `bytes` are those of its manifest.

    `manifest` and `archive` are ids of snapshots. `verified` and `drilled`: when, None for never. `only`: the one
    database that it holds, which was saved before a migration; empty for a backup of the environment.
    """

    name: str
    began: datetime
    manifest: str
    archive: str
    parts: int
    bytes: int
    verified: datetime | None
    drilled: datetime | None
    only: str = ""

    @property
    def proved(self) -> bool:
        return bool(self.verified or self.drilled)


def listed(snapshots: Sequence[Snapshot], environment: str) -> list[Backup]:
    """Whole backups of an environment, oldest first."""
    own = [one for one in snapshots if one.value("environment") == environment]
    archives = {one.value("backup"): one.id for one in own if DATA in one.tags}
    found = [
        _backup(one, archives[one.value("backup")])
        for one in own
        if WHOLE in one.tags and one.value("backup") in archives
    ]
    return sorted(found, key=lambda one: one.began)


def leftovers(snapshots: Sequence[Snapshot], environment: str, before: datetime) -> list[Snapshot]:
    """Archives and manifests that lack the other half, from runs that began before that time."""
    whole = {one.name for one in listed(snapshots, environment)}
    own = [one for one in snapshots if one.value("environment") == environment]
    return [one for one in own if one.value("backup") not in whole and one.time < before]


def found(repository: Repository, environment: str) -> list[Backup]:
    """As the repository has them now."""
    return listed(repository.snapshots(), environment)


def choose(backups: Sequence[Backup], moment: str) -> Backup:
    """The one of that name, the last one (`latest`), or the last one that began before a time. Raises Failure.

    Those of a single database are meant by their names only.
    """
    of_all = [one for one in backups if not one.only]
    if moment == "latest":
        fitting = until(datetime.now(UTC), of_all) or of_all
    else:
        named = [one for one in backups if one.name == moment]
        fitting = named or [one for one in of_all if one.began <= _time(moment)]
    if not fitting:
        known = ", ".join(one.name for one in backups) or "none"
        raise Failure(f"there is no whole backup for {moment}", f"known: {known}", USAGE)
    return fitting[-1]


def until(now: datetime, backups: Sequence[Backup]) -> list[Backup]:
    """Those that can have begun by then: one from under a wrong clock is not the last one for days."""
    return [one for one in backups if one.began <= now + SKEW]


def manifest_of(repository: Repository, backup: Backup) -> Manifest:
    """Raises Failure for one that cannot be read."""
    with repository.reading(backup.manifest, f"/{FILE}", SHORT) as stream:
        text = stream.read(MANIFEST_BYTES)
        try:
            return Manifest.model_validate_json(text)
        except ValidationError as error:
            faults = f"{error.error_count()} faults, the first: {error.errors()[0]['msg']}"
            cause = f"the manifest of {backup.name} cannot be used: {faults}"
            raise Failure(cause, "use another backup") from None


def _backup(manifest: Snapshot, archive: str) -> Backup:
    name = manifest.value("backup")
    return Backup(
        name=name,
        began=_named(name.partition("-")[0]),
        manifest=manifest.id,
        archive=archive,
        parts=int(manifest.value("parts")),
        bytes=int(manifest.value("bytes")),
        verified=_last(manifest, VERIFIED),
        drilled=_last(manifest, DRILLED),
        only=manifest.value(ONLY),
    )


def _last(snapshot: Snapshot, tag: str) -> datetime | None:
    times = [one.partition("=")[2] for one in snapshot.tags if one.startswith(f"{tag}=")]
    return _named(max(times)) if times else None


def _named(text: str) -> datetime:
    return datetime.strptime(text, NAME).replace(tzinfo=UTC)


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        cause = f"{text!r} is neither `latest`, nor a backup's name, nor a time"
        raise Failure(cause, "write 2026-11-21T03:00 (local time), or with Z or an offset", USAGE) from None
    return found.astimezone(UTC)
