"""Search by meaning and words, 12 of twice 12 candidates each, against search by meaning alone: P95 of one database."""

import random
import statistics
import time
from collections.abc import Callable

from bench.measure import Measurement, interleave
from bench.postgres import Server, Vectors, clustered, running_server, text_of
from operations.databases.apply import apply
from operations.databases.migrate import migrate
from operations.databases.planned import files_of, roles_of
from operations.databases.spec import DatabaseSpec, ExtensionSpec, LoginSpec, MigrationsSpec
from operations.retrieval.knowledge import Knowledge, open_knowledge
from planning.build import build as plan_of
from planning.managed_databases import PlannedDatabase
from settings.load import load

ROWS, DIMENSION, MODEL = 5000, 384, "model"
WANTED, QUERIES, ROUNDS = 12, 200, 7
WORDS = 2000


def measure() -> Measurement:
    """Milliseconds of the 95th percentile of a round's queries."""
    vectors, chooser = clustered(ROWS + QUERIES, DIMENSION), random.Random(1)
    planned = _planned()
    with running_server() as server:
        _make(server, planned)
        _fill(server, planned, vectors[:ROWS], chooser)
        login = planned.current["read"]
        with open_knowledge(server.conninfo(planned.name, login.name, login.password), planned.tables, "") as knowledge:
            queries = [
                (vector.tolist(), f"What is word{chooser.randrange(WORDS)} of word{chooser.randrange(WORDS)}?")
                for vector in vectors[ROWS:]
            ]
            pair = interleave(
                lambda: _p95(lambda vector, words: _hybrid(knowledge, vector, words), queries),
                lambda: _p95(lambda vector, _: _semantic(knowledge, vector), queries),
                rounds=ROUNDS,
            )
    return pair.measurement("ms", f"{ROWS} chunks x {DIMENSION}, {QUERIES} queries a round, k={WANTED}, 2k candidates")


Query = Callable[[list[float], str], int]


def _p95(query: Query, queries: list[tuple[list[float], str]]) -> float:
    seconds = []
    for vector, words in queries:
        started = time.perf_counter()
        if query(vector, words) != WANTED:
            raise RuntimeError("a search gave fewer passages than were wanted")
        seconds.append(time.perf_counter() - started)
    return 1000 * statistics.quantiles(seconds, n=20)[-1]


def _hybrid(knowledge: Knowledge, vector: list[float], words: str) -> int:
    return len(knowledge.hybrid(vector, words, MODEL, WANTED))


def _semantic(knowledge: Knowledge, vector: list[float]) -> int:
    return len(knowledge.semantic(vector, MODEL, WANTED))


def _planned() -> PlannedDatabase:
    raw = {
        "hosts": {"local": {"kind": "local", "address": "127.0.0.1", "cpus": 2, "memory_gb": 16, "disk_gb": 60}},
        "services": {"postgres": {"host": "local"}},
        "databases": {"kb": {"schema": "knowledge", "dimension": DIMENSION, "extensions": [{"name": "vector"}]}},
    }
    return plan_of(load("bench", raw, "Pulumi.bench.yaml"), {}).databases[0]


def _make(server: Server, planned: PlannedDatabase) -> None:
    apply(
        DatabaseSpec(
            server=server.administrator, roles=roles_of(planned), closed=planned.closed,
            logins=tuple(LoginSpec(name=one.name, role=one.role, password=one.password) for one in planned.logins),
            extensions=tuple(ExtensionSpec(name=one.name, least=one.least) for one in planned.extensions),
        )
    )  # fmt: skip
    migrate(
        MigrationsSpec(
            stack="bench", server=server.administrator, roles=roles_of(planned),
            variables=dict(planned.variables), files=files_of(planned),
        )
    )  # fmt: skip


def _fill(server: Server, planned: PlannedDatabase, vectors: Vectors, chooser: random.Random) -> None:
    """Texts of a hundred words, of which few are rare, as in real texts."""
    with server.connect(planned.name) as connection, connection.cursor() as cursor:
        cursor.execute("insert into documents (path) values ('one.md')")
        with cursor.copy("copy chunks (document_id, position, text) from stdin") as copy:
            for number in range(len(vectors)):
                words = " ".join(f"word{int(WORDS * chooser.random() ** 3)}" for _ in range(100))
                copy.write_row((1, number, words))
        with cursor.copy("copy embeddings from stdin") as copy:
            for number, vector in enumerate(vectors):
                copy.write_row((number + 1, MODEL, text_of(vector)))
        cursor.execute("vacuum analyze")
