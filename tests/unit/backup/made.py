"""Backups, snapshots and facts to judge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from operations.backup.listing import NAME, Backup
from operations.backup.manifest import DatabaseFacts
from operations.backup.snapshot import Snapshot

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def backup(days_ago: float, *, verified: bool = False, drilled: bool = False, only: str = "") -> Backup:
    began = NOW - timedelta(days=days_ago)
    name = f"{began.strftime(NAME)}-0000"
    return Backup(
        name=name, began=began, manifest=f"m-{name}", archive=f"a-{name}", parts=1, bytes=1,
        verified=began if verified else None, drilled=began if drilled else None, only=only,
    )  # fmt: skip


def snapshot(name: str, *tags: str, environment: str = "prod", days_ago: float = 0) -> Snapshot:
    marks = (f"environment={environment}", f"backup={name}", *tags)
    return Snapshot(id=f"{tags[0]}-{name}", time=NOW - timedelta(days=days_ago), tags=marks)


def facts(**changed: object) -> DatabaseFacts:
    plain: dict[str, object] = {
        "database": "shop", "version": 160014, "bytes": 1_000_000, "owner": "shop", "encoding": "UTF8",
        "collate": "C.UTF-8", "ctype": "C.UTF-8", "extensions": {"plpgsql": "1.0", "vector": "0.8.5"},
        "rows": {"public.chunks": 10}, "sequences": {"public.chunks_id_seq": 10}, "indexes": ("public.chunks_pkey",),
        "grants": (("shop", "CONNECT", False), ("", "TEMPORARY", False)), "settings": (("", "work_mem=8MB"),),
    }  # fmt: skip
    return DatabaseFacts.model_validate({**plain, **changed})
