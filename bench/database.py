"""A Postgres with vectors of 1024 numbers and their index, for benchmarks of backup and restore."""

import contextlib
import os
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalogue.postgres import DEFINITION as POSTGRES
from operations.backup.listing import Backup, found, manifest_of
from operations.backup.manifest import DatabaseFacts
from operations.backup.postgres_server import PostgresServer
from operations.backup.repository import Repository
from operations.backup.run import back_up
from operations.backup.sources.database import DatabaseSource
from operations.docker_cli import DockerCli
from operations.model_shell import ContainerShell
from operations.ollama.deadline import Deadline
from operations.restore.archive_parts import parts_of
from operations.restore.database import restore_database
from operations.restore.wanted import WantedDatabase
from toolchain.images import ensure_images

ROWS = 20_000
DATABASE = "bench"
ENVIRONMENT = "bench"
SECONDS = 600
MEMORY_MB = 2048
# Clustered, as embeddings are: 200 centres with noise around them.
FILL = """
SET maintenance_work_mem = '256MB';
CREATE EXTENSION vector;
CREATE TABLE documents (id int PRIMARY KEY, body text);
INSERT INTO documents SELECT i, repeat(md5(i::text), 8) FROM generate_series(1, :rows) i;
CREATE TABLE embeddings (id int PRIMARY KEY, embedding vector(1024));
CREATE FUNCTION noise(centre int) RETURNS vector LANGUAGE sql VOLATILE AS $$
    SELECT array_agg((sin(centre * j) + (random() - 0.5) * 0.6)::real)::vector FROM generate_series(1, 1024) j $$;
INSERT INTO embeddings SELECT i, noise(i % 200) FROM generate_series(1, :rows) i;
CREATE INDEX ON documents USING gin (to_tsvector('simple', body));
CREATE INDEX ON embeddings USING hnsw ((embedding::halfvec(1024)) halfvec_cosine_ops)
    WITH (m = 16, ef_construction = 64);
"""


@dataclass(frozen=True)
class Bench:
    """The server and a repository that holds nothing yet."""

    container: str
    repository: Repository

    @property
    def server(self) -> PostgresServer:
        shell = ContainerShell(DockerCli(None, dict(os.environ)), self.container)
        return PostgresServer(service="postgres", shell=shell)

    def run(self, script: str) -> float:
        """Seconds of a script inside the container; it must end well."""
        began = time.perf_counter()
        command = ["docker", "exec", "-i", self.container, "sh", "-ec", script]
        subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
        return time.perf_counter() - began

    def fill(self, rows: int) -> None:
        self.sql(f"CREATE DATABASE {DATABASE};", "postgres")
        self.sql(f"\\set rows {rows}\n{FILL}")

    def sql(self, text: str, database: str = DATABASE) -> None:
        command = ["docker", "exec", "-i", self.container, "psql", "-qtA", "-v", "ON_ERROR_STOP=1", "-U", "postgres"]
        subprocess.run(
            [*command, "-d", database], input=text.encode(), capture_output=True, timeout=SECONDS, check=True
        )

    def back_up(self) -> float:
        """Seconds of a whole backup: dump, facts, encryption, storage, manifest."""
        began = time.perf_counter()
        back_up(self.repository, ENVIRONMENT, [DatabaseSource(server=self.server, database=DATABASE)], SECONDS)
        return time.perf_counter() - began

    def last(self) -> Backup:
        return found(self.repository, ENVIRONMENT)[-1]

    def restore(self, backup: Backup) -> float:
        """Seconds until the restored database has the live one's place, all checks included."""
        began = time.perf_counter()
        manifest = manifest_of(self.repository, backup)
        for part, given in parts_of(self.repository, backup, manifest, {manifest.parts[0].name}, Deadline(SECONDS)):
            assert isinstance(part.facts, DatabaseFacts)
            wanted = WantedDatabase(server=self.server, part=part, facts=part.facts, jobs=2, deadline=Deadline(SECONDS))
            restore_database(wanted, given, None).switch()
        seconds = time.perf_counter() - began
        self._drop_old()
        return seconds

    def _drop_old(self) -> None:
        names = self.server.ask(
            "postgres", f"SELECT datname FROM pg_database WHERE datname LIKE '{DATABASE}_before_%';"
        )
        for name in names.split():
            self.sql(f'DROP DATABASE "{name}";', "postgres")


@contextlib.contextmanager
def bench_database(rows: int = ROWS) -> Iterator[Bench]:
    """Removed with everything at the end of the block."""
    name, image = f"ai-platform-bench-{uuid.uuid4().hex[:8]}", ensure_images(["postgres"])["postgres"]
    # As the platform starts it.
    limits = [f"--memory={MEMORY_MB}m", f"--shm-size={int(MEMORY_MB * POSTGRES.shared_memory_share)}m"]
    start = ["docker", "run", "--detach", f"--name={name}", *limits, "--env=POSTGRES_PASSWORD=bench", image]
    with tempfile.TemporaryDirectory(prefix="ai-platform-bench-") as folder:
        password = Path(folder) / "password"
        password.write_text(uuid.uuid4().hex)
        location = str(Path(folder) / "repository")
        variables = {**os.environ, "RESTIC_REPOSITORY": location, "RESTIC_PASSWORD_FILE": str(password)}
        made = Bench(name, Repository(location=location, variables=variables))
        subprocess.run(start, capture_output=True, timeout=SECONDS, check=True)
        try:
            made.run("until pg_isready -q -h 127.0.0.1 -U postgres; do sleep 0.2; done")
            made.fill(rows)
            made.repository.make()
            yield made
        finally:
            remove = ["docker", "rm", "--force", "--volumes", name]
            subprocess.run(remove, capture_output=True, timeout=SECONDS, check=True)
