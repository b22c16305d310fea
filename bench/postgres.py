"""A Postgres of the platform's own image to measure on: a container of its own, with memory for parallel builds."""

import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.conninfo import make_conninfo

from operations.databases.server import ContainerServer
from toolchain.images import ensure_images

READY_SECONDS = 90
BUILD_MEMORY_MB = 256
"""What scripts/restore gives one of two builds in a container with the catalogue's memory."""
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Server:
    """A running server and the password of its administrator."""

    container: str
    port: int
    password: str

    def conninfo(self, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        return make_conninfo(
            host="127.0.0.1", port=self.port, dbname=database, user=user, password=password or self.password
        )

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.conninfo(database), autocommit=True)

    @property
    def administrator(self) -> ContainerServer:
        return ContainerServer(docker_host=None, ssh_options=(), container=self.container)


@contextmanager
def running_server() -> Iterator[Server]:
    """Removed with its data at the end. Raises CalledProcessError without a Docker engine, TimeoutError."""
    name, password = f"ai-platform-bench-{secrets.token_hex(4)}", secrets.token_hex(8)
    image = ensure_images(["postgres"])["postgres"]
    _docker("run", "--detach", f"--name={name}", "--publish=127.0.0.1::5432", "--shm-size=1g", "--memory=3g",
            f"--env=POSTGRES_PASSWORD={password}", image)  # fmt: skip
    try:
        server = Server(name, int(_docker("port", name, "5432/tcp").split()[0].rpartition(":")[2]), password)
        _wait(server)
        yield server
    finally:
        _docker("rm", "--force", "--volumes", name)


def clustered(rows: int, dimension: int, seed: int = 1) -> Vectors:
    """Vectors around some centres, as embeddings of real texts lie."""
    chooser = np.random.default_rng(seed)
    centres = chooser.normal(size=(max(8, rows // 50), dimension))
    near = centres[chooser.integers(len(centres), size=rows)]
    return (near + 0.6 * chooser.normal(size=(rows, dimension))).astype(np.float32)


def text_of(vector: Vectors) -> str:
    """As pgvector reads it."""
    return "[" + ",".join(f"{number:.5g}" for number in vector) + "]"


def recall(connection: psycopg.Connection, column: str, queries: Vectors, least: float) -> float:
    """Share of the ten nearest that the index finds. Raises RuntimeError when it is less than promised."""
    kind = column
    query = f"select id from items order by {column} <=> %s::{kind} limit 10"
    found = 0
    for vector in queries:
        with connection.transaction():
            connection.execute("set local enable_seqscan = off; set local hnsw.ef_search = 100")
            near = {row[0] for row in connection.execute(query, [text_of(vector)]).fetchall()}
        with connection.transaction():
            connection.execute("set local enable_indexscan = off")
            exact = connection.execute(
                "select id from items order by vector <=> %s::vector limit 10", [text_of(vector)]
            )
            found += len(near & {row[0] for row in exact.fetchall()})
    share = found / (10 * len(queries))
    if share < least:
        raise RuntimeError(f"recall@10 of {column} is {share:.4f}, less than {least}")
    return share


def fill(connection: psycopg.Connection, vectors: Vectors) -> None:
    """Table `items` with the same vectors as `vector` and as `halfvec`."""
    dimension = vectors.shape[1]
    connection.execute("create extension if not exists vector")
    connection.execute(
        f"create table items (id int primary key, vector vector({dimension}), halfvec halfvec({dimension}))"
        " with (parallel_workers = 4)"
    )
    with connection.cursor() as cursor, cursor.copy("copy items from stdin") as copy:
        for number, vector in enumerate(vectors):
            text = text_of(vector)
            copy.write_row((number, text, text))
    connection.execute("vacuum analyze items")


def build(connection: psycopg.Connection, column: str, workers: int) -> float:
    """Builds the HNSW index of the column anew; seconds."""
    connection.execute(f"drop index if exists items_{column}")
    connection.execute(
        f"set maintenance_work_mem = '{BUILD_MEMORY_MB}MB'; set max_parallel_maintenance_workers = {workers}"
    )
    started = time.perf_counter()
    connection.execute(
        f"create index items_{column} on items using hnsw ({column} {column}_cosine_ops)"
        " with (m = 16, ef_construction = 200)"
    )
    return time.perf_counter() - started


def _wait(server: Server) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{server.container} does not answer after {READY_SECONDS} s") from None
            time.sleep(0.3)
        else:
            return


def _docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=120, check=True).stdout
