"""A Postgres database: a parallel dump in directory format, and what it must restore to, of the same moment.

Uncompressed: gzip is what makes a dump of vectors slow, and it would hide from the repository what has not changed.
"""

from __future__ import annotations

from dataclasses import dataclass

from operations.backup.archive import ArchiveWriter
from operations.backup.database_facts import facts, table_bytes
from operations.backup.manifest import DatabaseFacts
from operations.backup.postgres_server import PostgresServer
from operations.backup.sources.work_folder import ROOM_KIB, WORK_FOLDER
from operations.ollama.deadline import Deadline

TEXT_PER_BYTE = 3
"""A vector takes 4 bytes a number in a table, and about 11 as text."""
LOCK_WAIT = "5min"
DUMP = (
    WORK_FOLDER
    + """\
set -- "$@" $(df -Pk "$work" | tail -n 1)
if [ "$9" -lt "$4" ]; then
    echo "a dump of $1 may need $4 KiB below $work, and only $9 KiB are free" >&2
    exit 1
fi
pg_dump --username=postgres --no-password --format=directory --jobs="$3" --compress=0 --no-sync \\
    --lock-wait-timeout="$5" --snapshot="$2" --file="$work/dump" --dbname="$1" >&2 || exit 1
COPYFILE_DISABLE=1 tar -C "$work" -cf - dump
"""
)


@dataclass(frozen=True, kw_only=True)
class DatabaseSource:
    """`jobs` tables are dumped at once. See operations/backup/sources/source.py."""

    server: PostgresServer
    database: str
    jobs: int = 2

    @property
    def name(self) -> str:
        return f"databases/{self.server.service}/{self.database}"

    @property
    def service(self) -> str:
        return self.server.service

    def save(self, archive: ArchiveWriter, deadline: Deadline) -> DatabaseFacts:
        """The dump and the facts are of one snapshot of the database: their counts agree under any load."""
        with self.server.session(self.database, deadline.left(self.name)) as session:
            session.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;")
            moment = session.ask("SELECT pg_export_snapshot();")
            found = facts(session)
            needed_kib = table_bytes(session) * TEXT_PER_BYTE // 1024 + ROOM_KIB
            arguments = (self.database, moment, str(self.jobs), str(needed_kib), LOCK_WAIT)
            with self.server.script(DUMP, arguments, deadline.left(self.name)) as process:
                assert process.stdout  # noqa: S101  (it is a pipe)
                archive.add_tar(process.stdout)
        return found
