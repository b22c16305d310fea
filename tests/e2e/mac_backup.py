"""A database of a Mac's own Postgres, over SSH: saved, changed, put back beside the live one."""

from __future__ import annotations

from pathlib import Path

from hosts.mac.postgres import PROGRAMS
from operations.backup.archive import members
from operations.backup.listing import found, manifest_of
from operations.backup.manifest import ARCHIVE, DatabaseFacts
from operations.backup.postgres_server import PostgresServer
from operations.backup.run import back_up
from operations.backup.sources.database import DatabaseSource
from operations.model_shell import LoginShell
from operations.ollama.deadline import Deadline
from operations.restore.database import restore_database
from operations.restore.wanted import WantedDatabase
from operations.ssh_login import Login
from settings.host import Ssh
from tests.e2e.backup_rig import repository_at
from tests.e2e.mac import ADDRESS, Mac

SECONDS = 120
COUNT = "SELECT count(*) FROM public.chunks;"
FILL = """
CREATE TABLE public.chunks (id int PRIMARY KEY, embedding public.vector(8));
INSERT INTO public.chunks SELECT i, (SELECT array_agg(sin(i * j)::real) FROM generate_series(1, 8) j)::public.vector
FROM generate_series(1, 200) i;
CREATE INDEX ON public.chunks USING hnsw (embedding public.vector_cosine_ops);
"""


def server_of(mac: Mac, folder: Path) -> PostgresServer:
    """Postgres of a simulated Mac, as operations/backup/places.py reaches it."""
    port, known_hosts = mac.specification.ssh_port, folder / "known_hosts"
    known_hosts.write_text(f"[{ADDRESS}]:{port} {mac.keys.host_public_key}\n")
    ssh = Ssh(user="admin", port=port, identity_file=str(mac.keys.client_key), known_hosts_file=str(known_hosts))
    login = Login(stack="test", name="mac", address=ADDRESS, ssh=ssh)
    return PostgresServer(service="postgres", shell=LoginShell(login), programs=PROGRAMS, port=5432)


def require_way_back(server: PostgresServer, folder: Path) -> None:
    """Saves `platform`, loses rows, restores it; what it made is removed again."""
    password = folder / "password"
    password.write_text("for-tests-only")
    repository = repository_at(str(folder / "repository"), password)
    repository.make()
    server.ask("platform", FILL)
    back_up(repository, "mac", [DatabaseSource(server=server, database="platform")], SECONDS)
    server.ask("platform", "DELETE FROM public.chunks WHERE id > 3;")
    backup = found(repository, "mac")[0]
    (part,) = manifest_of(repository, backup).parts
    assert isinstance(part.facts, DatabaseFacts)
    wanted = WantedDatabase(server=server, part=part, facts=part.facts, jobs=2, deadline=Deadline(SECONDS))
    with repository.reading(backup.archive, f"/{ARCHIVE}", SECONDS) as stream:
        restored = restore_database(wanted, members(stream), None)
    assert server.ask("platform", COUNT) == "3"
    restored.switch()
    assert server.ask("platform", COUNT) == "200"
    assert [one.share > 0.8 for one in restored.recall] == [True]
    server.ask("platform", "DROP TABLE public.chunks;")
    old = server.ask("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'platform_before_%';")
    server.ask("postgres", f"DROP DATABASE {old};")
