"""A database of a Mac's own Postgres, over SSH: saved, changed, put back beside the live one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hosts.mac.postgres import PROGRAMS, PostgresDatabase
from hosts.mac.spec import MacSpec, Postgres
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
from simulators.hosts import lifecycle
from simulators.hosts.specification import Specification
from tests.e2e.backup_rig import repository_at
from tests.e2e.mac import ADDRESS, Mac
from tests.e2e.test_mac_role import offer_newer_pgvector
from toolchain.image_references import recorded_references

SSH_PORT = 2397
DATABASE = PostgresDatabase(name="platform", role="platform", secret="password.p", extensions=("vector",))
SPEC = MacSpec(
    user="admin",
    postgres=(Postgres(databases=(DATABASE,)),),
    upkeep=False,
)
FILL = """
CREATE TABLE public.chunks (id int PRIMARY KEY, embedding public.vector(8));
INSERT INTO public.chunks SELECT i, (SELECT array_agg(sin(i * j)::real) FROM generate_series(1, 8) j)::public.vector
FROM generate_series(1, 200) i;
CREATE INDEX ON public.chunks USING hnsw (embedding public.vector_cosine_ops);
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    image = recorded_references().get("mac", "")
    specification = Specification(name="e2e-backup", address=ADDRESS, publish=((SSH_PORT, 22),), image=image)
    keys = lifecycle.start(specification)
    try:
        mac = Mac(specification, keys, SPEC, {"password.postgres": "for-tests-only", "password.p": "for-tests-only"})
        offer_newer_pgvector(mac)
        code, report = mac.run()
        assert code == 0, report
        known_hosts = tmp_path / "known_hosts"
        known_hosts.write_text(f"[{ADDRESS}]:{SSH_PORT} {keys.host_public_key}\n")
        ssh = Ssh(user="admin", port=SSH_PORT, identity_file=str(keys.client_key), known_hosts_file=str(known_hosts))
        login = Login(stack="test", name="mac", address=ADDRESS, ssh=ssh)
        yield PostgresServer(service="postgres", shell=LoginShell(login), programs=PROGRAMS, port=5432)
    finally:
        lifecycle.stop(specification.name, purge=True)


def test_a_native_database_is_saved_over_ssh_and_comes_back(server: PostgresServer, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("for-tests-only")
    repository = repository_at(str(tmp_path / "repository"), password)
    repository.make()
    server.ask("platform", FILL)
    back_up(repository, "mac", [DatabaseSource(server=server, database="platform")], 120)
    server.ask("platform", "DELETE FROM public.chunks WHERE id > 3;")
    backup = found(repository, "mac")[0]
    (part,) = manifest_of(repository, backup).parts
    assert isinstance(part.facts, DatabaseFacts)
    wanted = WantedDatabase(server=server, part=part, facts=part.facts, jobs=2, deadline=Deadline(120))
    with repository.reading(backup.archive, f"/{ARCHIVE}", 120) as stream:
        restored = restore_database(wanted, members(stream), None)
    assert server.ask("platform", "SELECT count(*) FROM public.chunks;") == "3"
    restored.switch()
    assert server.ask("platform", "SELECT count(*) FROM public.chunks;") == "200"
    assert [one.share > 0.8 for one in restored.recall] == [True]
