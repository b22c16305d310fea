"""Restores a database into a new one beside the live one, compares it with what was saved, then changes the names."""

from __future__ import annotations

import shlex
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from operations.backup.postgres_server import PostgresServer
from operations.database import identifier, literal
from operations.failure import Failure
from operations.restore.compared import require_equal
from operations.restore.new_database import create, drop, exists
from operations.restore.preflight import needed_kib, require_fit
from operations.restore.recall import Recall, recall
from operations.restore.restored import Members, stamp
from operations.restore.staging import staged
from operations.restore.wanted import WantedDatabase

# Memory for index builds: a part of what the container may have. Workers of one build share memory below /dev/shm,
# which is 64 MB in a container that was not given more; without them pgvector builds in its process's own memory.
# Vectors of many numbers lie outside their table's own pages, 5000 of them behind 256 kB, and only a large table gets
# workers.
LOAD = """
limit=$(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null | head -n 1)
case $limit in
'' | *[!0-9]* | ?????????????*) memory=1024 ;;
*) memory=$((limit / 1048576 / 2 / $2)) ;;
esac
[ "$memory" -ge 64 ] || memory=64
[ "$memory" -le 4096 ] || memory=4096
workers=2
if [ -d /dev/shm ]; then
    set -- "$@" $(df -Pk /dev/shm | tail -n 1)
    [ "$7" -gt $(((memory + 32) * 1024)) ] || workers=0
fi
PGOPTIONS="-c maintenance_work_mem=${memory}MB -c max_parallel_maintenance_workers=$workers -c synchronous_commit=off"
PGOPTIONS="$PGOPTIONS -c min_parallel_table_scan_size=256kB"
export PGOPTIONS
pg_restore --username=postgres --no-password --exit-on-error --jobs="$2" --dbname="$1" "$3/dump" 2>"$3/said" ||
    { head -n 1 "$3/said" >&2; exit 1; }
"""
SWITCH_ATTEMPTS = 20
LONGEST_NAME = 40


@dataclass(frozen=True, kw_only=True)
class RestoredDatabase:
    """`name` is the new database, `final` what it is to be called. `recall` tells of its vector indexes."""

    server: PostgresServer
    name: str
    final: str
    recall: tuple[Recall, ...]

    def switch(self) -> str:
        """Both names change in one transaction; who is connected to the old one is sent away, and finds the new one."""
        before = f"{self.final[:LONGEST_NAME]}_before_{stamp()}" if exists(self.server, self.final) else ""
        renames = [f"ALTER DATABASE {identifier(self.final)} RENAME TO {identifier(before)};"] if before else []
        renames.append(f"ALTER DATABASE {identifier(self.name)} RENAME TO {identifier(self.final)};")
        names = ", ".join(map(literal, (self.final, self.name)))
        away = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ({names});"  # noqa: S608
        self._patiently("\n".join([away, "BEGIN;", *renames, "COMMIT;"]))
        if not before:
            return f"{self.final} is there"
        drop_it = shlex.join(["dropdb", "--username=postgres", before])
        return f"{self.final} is switched; the old one is {before}, and goes by: {self.server.hint} {drop_it}"

    def discard(self) -> None:
        drop(self.server, self.name)

    def _patiently(self, sql: str) -> None:
        """Clients come back at once, and then both can only be renamed at another moment."""
        for attempt in range(SWITCH_ATTEMPTS):
            try:
                self.server.ask("postgres", sql)
                return
            except Failure:
                if attempt + 1 == SWITCH_ATTEMPTS:
                    raise


def restore_database(wanted: WantedDatabase, given: Members, into: str | None) -> RestoredDatabase:
    """The database beside the live one, verified. Raises Failure, and then nothing of it stays."""
    server, facts = wanted.server, wanted.facts
    require_fit(server, facts)
    if into and exists(server, into):
        raise Failure(f"{server.service} has a database {into} already; nothing was changed", "choose another name")
    final = into or facts.database
    name = f"{final[:LONGEST_NAME]}_restoring_{stamp()}"
    with (
        staged(server, wanted.part, given, needed_kib(wanted.part, facts), wanted.seconds) as folder,
        ThreadPoolExecutor(max_workers=1) as beside,
    ):
        try:
            create(server, name, facts)
            with server.script(LOAD, (name, str(wanted.jobs), folder), wanted.seconds):
                pass
            found = beside.submit(recall, server, name, wanted.seconds)
            require_equal(wanted, name, folder)
            measured = tuple(found.result())
        except BaseException:
            drop(server, name)  # and with it the connections of what still works on it
            raise
    return RestoredDatabase(server=server, name=name, final=final, recall=measured)
