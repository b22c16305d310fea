"""A restored database beside what was saved: dumped once more, table by table, byte for byte."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from operations.backup.archive import ArchiveWriter
from operations.backup.manifest import DatabaseFacts, SavedFile
from operations.backup.sources.database import DatabaseSource
from operations.failure import Failure
from operations.restore.preflight import numbers
from operations.restore.wanted import WantedDatabase


def require_equal(wanted: WantedDatabase, name: str) -> None:
    """Raises Failure that names what differs: rows, sequences, extensions, indexes, contents."""
    server, part, facts = wanted.server, wanted.part, wanted.facts
    with Path(os.devnull).open("wb") as nowhere:
        archive = ArchiveWriter(nowhere)
        now = DatabaseSource(server=server, database=name, jobs=wanted.jobs).save(archive, wanted.deadline)
    differing = differences(facts, now)
    # Another major version may write the same value in another way.
    if now.version // 10_000 == facts.version // 10_000 and contents(archive.files) != contents(part.files):
        differing.append("the contents of at least one table")
    if differing:
        raise Failure(
            f"{facts.database} on {server.service} was restored beside the live one and differs from what was saved: "
            f"{'; '.join(differing)}. The live one was not touched",
            "use another backup",
        )


def differences(saved: DatabaseFacts, now: DatabaseFacts) -> list[str]:
    """In words; empty when all is there."""
    found = [
        f"{table} has {now.rows.get(table, 'no')} rows instead of {rows}"
        for table, rows in saved.rows.items()
        if now.rows.get(table) != rows
    ]
    found += [
        f"sequence {name} stands elsewhere" for name, at in saved.sequences.items() if now.sequences.get(name) != at
    ]
    found += [f"index {name} is missing or not valid" for name in saved.indexes if name not in now.indexes]
    found += [
        f"extension {name} is older than {version}"
        for name, version in saved.extensions.items()
        if numbers(now.extensions.get(name, "")) < numbers(version)
    ]
    return found


def contents(files: Iterable[SavedFile]) -> Counter[str]:
    """Digests of the tables' contents: the numbers in the names of the files differ from dump to dump."""
    return Counter(one.sha256 for one in files if one.path.endswith(".dat") and not one.path.endswith("/toc.dat"))
