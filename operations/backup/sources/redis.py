"""A Redis that keeps queues: one moment of all its keys, as the server itself hands it to a replica.

A cache is not saved: what it holds can be made again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from operations.backup.archive import ArchiveWriter
from operations.backup.manifest import RedisFacts
from operations.backup.redis_server import RedisServer
from operations.backup.sources.work_folder import ROOM_KIB, WORK_FOLDER
from operations.failure import Failure
from operations.ollama.deadline import Deadline

FILE = "dump.rdb"
READ = re.compile(rb"(\d+) keys read")
DUMP = (
    WORK_FOLDER
    + """\
used=$(redis-cli -p "$port" info memory 2>&1 | tr -d '\\r' | sed -n 's/^used_memory://p')
if [ -z "$used" ]; then
    echo "Redis does not answer: $(redis-cli -p "$port" ping 2>&1 | head -n 1)" >&2
    exit 1
fi
needed=$((used / 1024 + $1))
free=$(df -Pk "$work" | tail -n 1 | awk '{ print $4 }')
if [ "$free" -lt "$needed" ]; then
    echo "a copy of its keys may need $needed KiB below $work, and only $free KiB are free" >&2
    exit 1
fi
redis-cli -p "$port" --rdb "$work/dump.rdb" >"$work/said" 2>&1 || { tail -n 1 "$work/said" >&2; exit 1; }
redis-check-rdb "$work/dump.rdb" >"$work/said" 2>&1 || { tail -n 1 "$work/said" >&2; exit 1; }
grep 'keys read' "$work/said"
COPYFILE_DISABLE=1 tar -C "$work" -cf - dump.rdb
"""
)


@dataclass(frozen=True, kw_only=True)
class RedisSource:
    """See operations/backup/sources/source.py. The server writes on meanwhile."""

    server: RedisServer

    @property
    def name(self) -> str:
        return f"redis/{self.server.service}"

    @property
    def service(self) -> str:
        return self.server.service

    def save(self, archive: ArchiveWriter, deadline: Deadline) -> RedisFacts:
        """The keys are counted in the copy itself, after its checksum was found right."""
        with self.server.script(DUMP, (str(ROOM_KIB),), deadline.left(self.name)) as process:
            assert process.stdout  # noqa: S101  (it is a pipe)
            counted = READ.search(process.stdout.readline())
            if counted:
                archive.add_tar(process.stdout)
        if not counted:
            raise Failure("what Redis handed over could not be counted", "scripts/health")
        return RedisFacts(volume=self.server.volume, path=self.server.path, keys=int(counted[1]))
