"""Queues of a Mac's own Redis, over SSH: saved, lost, put back in place of what was written since."""

from __future__ import annotations

from pathlib import Path

from hosts.mac.redis import PASSWORD_LINE, PROGRAMS, Redis
from hosts.report import Exit
from operations.backup.archive import members
from operations.backup.listing import found, manifest_of
from operations.backup.manifest import ARCHIVE, RedisFacts
from operations.backup.redis_server import RedisServer
from operations.backup.run import back_up
from operations.backup.sources.redis import RedisSource
from operations.ollama.deadline import Deadline
from operations.restore.folder import FolderTarget
from operations.restore.redis import restore_redis
from tests.e2e.backup_rig import repository_at
from tests.e2e.mac import Mac
from tests.e2e.mac_backup import server_of

SECONDS = 120


def require_queues_way_back(mac: Mac, folder: Path) -> None:
    """Saves the keys, loses them, restores them; what it made is removed again."""
    native = Redis()
    server = RedisServer(
        service="redis", shell=server_of(mac, folder).shell, port=native.port, password_file=native.file,
        password_line=PASSWORD_LINE, programs=PROGRAMS, path=native.data,
    )  # fmt: skip
    password = folder / "password"
    password.write_text("for-tests-only")
    repository = repository_at(str(folder / "queues"), password)
    repository.make()
    _say(server, "rpush", "queue:jobs", "a", "b", "c")
    _say(server, "set", "done:1", "1", "ex", "604800")
    (part,) = back_up(repository, "mac", [RedisSource(server=server)], SECONDS).parts
    assert part.facts == RedisFacts(volume="", path=native.data, keys=2)
    _say(server, "flushall")
    _say(server, "set", "queue:new", "written since")
    backup = found(repository, "mac")[0]
    (part,) = manifest_of(repository, backup).parts
    place = FolderTarget(server=server, deadline=Deadline(SECONDS), login="ssh mac")
    with repository.reading(backup.archive, f"/{ARCHIVE}", SECONDS) as stream:
        restored = restore_redis(place, part, members(stream))
    assert _say(server, "get", "queue:new") == "written since"
    said = restored.switch()
    assert _say(server, "lrange", "queue:jobs", "0", "-1").split() == ["a", "b", "c"]
    assert (_say(server, "exists", "queue:new"), int(_say(server, "ttl", "done:1")) > 0) == ("0", True)
    assert mac.run("check")[0] == Exit.OK
    old = said.rpartition(" ")[2]
    assert "appendonlydir" in mac.shell(f"ls {old}")
    mac.shell(f"rm -r {old}")
    assert mac.shell(f"ls -d {native.data}*").split() == [native.data]


def _say(server: RedisServer, *command: str) -> str:
    with server.script('exec redis-cli -p "$port" "$@"', command, SECONDS) as process:
        assert process.stdout
        return process.stdout.read().decode().strip()
