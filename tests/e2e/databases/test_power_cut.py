"""Postgres is killed while applications write: what was acknowledged is there, and the vector index works."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from operations.retrieval.knowledge import literal
from tests.e2e.databases.conftest import ADMINISTRATOR, Lab, MadeDatabase, until_answers
from tests.e2e.databases.soundness import require_sound
from tests.e2e.retrieval.containers import Started, running

WRITERS, ROUNDS, DIMENSION = 3, 2, 8


@pytest.fixture
def own_lab() -> Iterator[Lab]:
    """A server that no other test needs."""
    with running("postgres", 5432, environment={"POSTGRES_PASSWORD": ADMINISTRATOR}) as started:
        yield until_answers(Lab(started))


@dataclass
class Writer(threading.Thread):
    """Inserts chunks with vectors, one transaction each, and keeps the keys that the server has acknowledged."""

    url: str
    first: int

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[int] = []

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        position = self.first
        try:
            with psycopg.connect(self.url) as connection:
                while True:
                    row = connection.execute(
                        "insert into chunks (document_id, position, text) values (1, %s, 'x') returning id", [position]
                    ).fetchone()
                    assert row
                    vector = literal([float(position % 7 + 1)] * DIMENSION)
                    connection.execute("insert into embeddings values (%s, 'model', %s::halfvec)", [row[0], vector])
                    connection.commit()
                    self.acknowledged.append(position)
                    position += 1
        except psycopg.Error:
            return


def test_no_acknowledged_row_is_lost_and_the_index_is_whole(own_lab: Lab) -> None:
    made = own_lab.make(own_lab.planned(f"cut_{secrets.token_hex(3)}", schema="knowledge", dimension=DIMENSION))
    with made.connect("ingest") as ingest:
        ingest.execute("insert into documents (path) values ('a.md')")
    acknowledged: set[int] = set()
    for number in range(ROUNDS):
        writers = [Writer(made.url("ingest"), 1_000_000 * (number * WRITERS + one)) for one in range(WRITERS)]
        for writer in writers:
            writer.start()
        wait_until_busy(writers)
        made = restarted(made)
        for writer in writers:
            writer.join(30)
            acknowledged.update(writer.acknowledged)
    with made.connect("read") as read:
        there = {row[0] for row in read.execute("select position from chunks").fetchall()}
        assert acknowledged <= there
        assert len(there) - len(acknowledged) <= ROUNDS * WRITERS, "at most the one that was under way"
        with read.transaction():
            read.execute("set local enable_seqscan = off; set local enable_sort = off")
            query = "select chunk_id from search_semantic(%s::halfvec, 'model', 1000)"
            found = read.execute(query, [literal([1.0] * DIMENSION)]).fetchall()
        assert len(found) == len(set(found)) == min(1000, len(there))
    with made.administrator() as administrator:
        require_sound(administrator)


def restarted(made: MadeDatabase) -> MadeDatabase:
    """The same database after its server was killed. Docker publishes it at another port."""
    container = made.lab.started.container
    container.kill("SIGKILL")
    container.start()
    container.reload()
    published = container.ports["5432/tcp"] or []
    lab = until_answers(Lab(Started(container, int(published[0]["HostPort"]))))
    return MadeDatabase(lab, made.planned)


def wait_until_busy(writers: list[Writer]) -> None:
    for _ in range(1200):
        if all(len(writer.acknowledged) >= 20 for writer in writers):
            return
        threading.Event().wait(0.05)
    pytest.fail("not within a minute")
