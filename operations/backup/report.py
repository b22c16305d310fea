"""How backups are shown: a table for people, a document for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from rich.table import Table

from operations.backup.listing import Backup


def table(backups: Sequence[Backup]) -> Table:
    shown = Table(caption=f"{len(backups)} whole backups", caption_justify="left")
    for heading in ("BACKUP", "OF", "BEGAN", "PARTS", "MB", "VERIFIED", "DRILLED"):
        shown.add_column(heading, justify="right" if heading in ("PARTS", "MB") else "left")
    for one in backups:
        shown.add_row(
            one.name, one.only or "everything", _local(one.began), str(one.parts), f"{one.bytes / 1e6:,.1f}",
            _local(one.verified), _local(one.drilled),
        )  # fmt: skip
    return shown


def as_json(backups: Sequence[Backup]) -> str:
    """One line; times with their offset, null for never. `only` is null for a backup of the environment."""
    rows = [
        {
            "backup": one.name, "only": one.only or None, "began": one.began.isoformat(),
            "parts": one.parts, "bytes": one.bytes,
            "verified": one.verified.isoformat() if one.verified else None,
            "drilled": one.drilled.isoformat() if one.drilled else None,
        }
        for one in backups
    ]  # fmt: skip
    return json.dumps({"backups": rows})


def _local(time: datetime | None) -> str:
    return time.astimezone().strftime("%Y-%m-%d %H:%M") if time else "-"
