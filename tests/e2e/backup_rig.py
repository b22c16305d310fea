"""A real Postgres with vectors in it, a real restic repository, and one process that makes a backup of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from operations.backup.archive import members
from operations.backup.listing import Backup, found, manifest_of
from operations.backup.manifest import ARCHIVE, DatabaseFacts, Manifest
from operations.backup.postgres_server import PostgresServer
from operations.backup.repository import Repository
from operations.backup.run import back_up
from operations.backup.sources.database import DatabaseSource
from operations.backup.sources.notes import NotesSource, roles
from operations.backup.sources.source import Source
from operations.docker_cli import DockerCli
from operations.model_shell import ContainerShell
from operations.ollama.deadline import Deadline
from operations.project import ROOT
from operations.restore.database import RestoredDatabase, restore_database
from operations.restore.wanted import WantedDatabase
from tests.e2e.retrieval.containers import running

ENVIRONMENT = "backup-test"
CANARY = "canary-7f3a91"
SECONDS = 120
SCHEMA = f"""
CREATE ROLE owner_of_shop LOGIN PASSWORD 'for-tests-only';
CREATE DATABASE shop OWNER owner_of_shop;
ALTER DATABASE shop SET work_mem TO '8MB';
REVOKE ALL ON DATABASE shop FROM PUBLIC;
\\connect shop
CREATE EXTENSION vector;
SET ROLE owner_of_shop;
CREATE SCHEMA odd AUTHORIZATION owner_of_shop;
CREATE TABLE odd."ta'ble ""x" (id serial PRIMARY KEY, body text, embedding vector(32));
INSERT INTO odd."ta'ble ""x" (body, embedding)
    SELECT '{CANARY} ' || i, (SELECT array_agg(sin(i * 7 + j)::real) FROM generate_series(1, 32) j)::vector
    FROM generate_series(1, 500) i;
CREATE INDEX ON odd."ta'ble ""x" USING hnsw ((embedding::halfvec(32)) halfvec_cosine_ops) WITH (m = 16);
CREATE TABLE empty (id int);
"""
TABLE = 'odd."ta\'ble ""x"'


@dataclass
class Rig:
    """`container` runs Postgres; `repository` is in a folder of its own, with a password that nothing may show."""

    container: str
    repository: Repository
    password: str

    @property
    def server(self) -> PostgresServer:
        return PostgresServer(
            service="postgres", shell=ContainerShell(DockerCli(None, dict(os.environ)), self.container)
        )

    @property
    def sources(self) -> list[Source]:
        notes = NotesSource(service="postgres", texts={"roles.sql": lambda: roles(self.server)})
        return [notes, DatabaseSource(server=self.server, database="shop")]

    def back_up(self) -> Manifest:
        return back_up(self.repository, ENVIRONMENT, self.sources, SECONDS)

    def listed(self) -> list[Backup]:
        return found(self.repository, ENVIRONMENT)

    def restore(self, backup: Backup, into: str | None = None) -> RestoredDatabase:
        """Beside the live one, not switched yet."""
        part = manifest_of(self.repository, backup).parts[1]
        assert isinstance(part.facts, DatabaseFacts)
        wanted = WantedDatabase(server=self.server, part=part, facts=part.facts, jobs=2, deadline=Deadline(SECONDS))
        with self.repository.reading(backup.archive, f"/{ARCHIVE}", SECONDS) as stream:
            own = (one for one in members(stream) if one[0].name.startswith(f"{part.name}/"))
            return restore_database(wanted, own, into)

    def sql(self, text: str, database: str = "shop") -> str:
        """As its administrator, with the search path of an application."""
        command = ["docker", "exec", "-i", self.container, "psql", "-qtA", "-v", "ON_ERROR_STOP=1", "-U", "postgres"]
        done = subprocess.run(
            [*command, "-d", database], input=text, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert not done.returncode, done.stderr
        return done.stdout.strip()

    def databases(self) -> set[str]:
        return set(self.sql("SELECT datname FROM pg_database;", "postgres").split())

    def start(self) -> subprocess.Popen[str]:
        """A backup in a process of its own."""
        spec = {"container": self.container, "location": self.repository.location, "password": self._password_file}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.backup_rig", json.dumps(spec)], cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    @property
    def _password_file(self) -> str:
        return self.repository.variables["RESTIC_PASSWORD_FILE"]

    def files(self, folder: str = "") -> list[Path]:
        return [one for one in sorted((Path(self.repository.location) / folder).rglob("*")) if one.is_file()]


def repository_at(location: str, password_file: Path) -> Repository:
    variables = {**os.environ, "RESTIC_REPOSITORY": location, "RESTIC_PASSWORD_FILE": str(password_file)}
    return Repository(location=location, variables=variables)


@contextmanager
def rig_in(folder: Path) -> Iterator[Rig]:
    """With one database of 500 rows, and an empty repository."""
    password, file = uuid.uuid4().hex, folder / "password"
    file.write_text(password)
    file.chmod(0o600)
    with running("postgres", 5432, environment={"POSTGRES_PASSWORD": "for-tests-only"}) as started:
        made = Rig(str(started.container.name), repository_at(str(folder / "repository"), file), password)
        wait_until_up(made.container)
        made.sql(SCHEMA, "postgres")
        made.repository.make()
        yield made


def wait_until_up(container: str) -> None:
    """By a connection over TCP: while it makes its first data, the server answers on its socket only."""
    command = [
        "docker",
        "exec",
        container,
        "sh",
        "-c",
        "until pg_isready -q -h 127.0.0.1 -U postgres; do sleep 0.2; done",
    ]
    subprocess.run(command, check=True, timeout=SECONDS)


def main(arguments: Sequence[str]) -> None:
    spec = json.loads(arguments[0])
    Rig(spec["container"], repository_at(spec["location"], Path(spec["password"])), "").back_up()


if __name__ == "__main__":
    main(sys.argv[1:])
