"""A restore drill: every database into a scratch one, verified and dropped again; every other file read and compared.

What it found stands in the repository, as a mark on the backup, and in a file that a metrics collector can read.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from operations.backup.listing import DRILLED, Backup, manifest_of
from operations.backup.manifest import DatabaseFacts
from operations.backup.repository import Repository
from operations.backup.verify import mark
from operations.ollama.deadline import Deadline
from operations.project import state_folder
from operations.restore.archive_parts import parts_of
from operations.restore.restored import checked
from operations.restore.run import Restore
from planning.plan import Plan


def drill(plan: Plan, repository: Repository, backup: Backup, deadline: Deadline) -> float:
    """Seconds that it took. Raises Failure when the backup would not have brought the data back."""
    began = time.monotonic()
    try:
        _prove(plan, repository, backup, deadline)
        mark(repository, backup, DRILLED)
    except BaseException:
        write_metrics(plan.name, success=False, seconds=time.monotonic() - began)
        raise
    seconds = time.monotonic() - began
    write_metrics(plan.name, success=True, seconds=seconds)
    return seconds


def _prove(plan: Plan, repository: Repository, backup: Backup, deadline: Deadline) -> None:
    manifest = manifest_of(repository, backup)
    databases = [part for part in manifest.parts if isinstance(part.facts, DatabaseFacts)]
    others = {part.name for part in manifest.parts if part not in databases}
    restore = Restore(plan=plan, manifest=manifest, deadline=deadline)
    with contextlib.ExitStack() as stack:
        for part in databases:  # one after the other: only one needs room at a time
            restore.prepare(repository, backup, [part], stack)
            restore.discard()
    for part, given in parts_of(repository, backup, manifest, others, deadline):
        print(f"{part.name}: reading {part.bytes / 1e6:,.1f} MB", flush=True)
        for _, content in checked(part, given):
            while content.read(1 << 20):
                pass


def write_metrics(environment: str, *, success: bool, seconds: float) -> Path:
    """In the text format of Prometheus, for the textfile collector of node_exporter; replaced in one step."""
    file = state_folder("backups") / f"{environment}.prom"
    label = f'{{environment="{environment}"}}'
    lines = {
        f"ai_platform_restore_drill_success{label}": int(success),
        f"ai_platform_restore_drill_seconds{label}": round(seconds, 1),
        f"ai_platform_restore_drill_timestamp_seconds{label}": int(time.time()),
    }
    unfinished = file.with_suffix(".new")
    unfinished.write_text("".join(f"{name} {value}\n" for name, value in lines.items()), encoding="utf-8")
    unfinished.replace(file)
    return file
