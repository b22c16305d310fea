"""Chunks go to a content store once each, whatever happens in between."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.error import URLError
from urllib.request import urlopen

import boto3
import psycopg
import pytest
from psycopg import Connection

from operations.bucket import CONFIG
from operations.failure import Failure
from operations.replicate.rows import Rows
from operations.replicate.s3_store import S3Store, key_of
from tests.e2e.databases.conftest import MadeDatabase
from tests.e2e.retrieval.containers import running

ROWS = 60
KEYS = ("platform", "for-tests-only")


class CountingStore:
    """Keeps contents in memory; `before` runs before each."""

    place = "memory"

    def __init__(self, before: Callable[[int], None] = lambda number: None) -> None:
        self.before, self.puts, self.kept = before, 0, Counter[str]()

    def put(self, content: bytes) -> str:
        self.before(self.puts)
        self.puts += 1
        identifier = hashlib.sha256(content).hexdigest()
        self.kept[identifier] += 1
        return identifier


@pytest.fixture(scope="module")
def database(knowledge: Callable[..., MadeDatabase]) -> MadeDatabase:
    return knowledge(f"replicate_{secrets.token_hex(4)}")


@pytest.fixture
def made(database: MadeDatabase) -> MadeDatabase:
    """The database with chunks that have no id yet."""
    made = database
    with made.administrator() as administrator:
        administrator.execute("truncate documents, chunks, embeddings restart identity")
    with made.connect("ingest") as ingest:
        ingest.execute("insert into documents (path) values ('a.md')")
        ingest.execute(
            "insert into chunks (document_id, position, text)"
            " select 1, n, 'canary ' || n from generate_series(1, %s) n",
            [ROWS],
        )
    return made


def rows(connection: Connection) -> Rows:
    return Rows(
        connection=connection, table="chunks", key="id", content_column="content_id",
        fields=["id", "text", "position"], batch=7,
    )  # fmt: skip


def identifiers(made: MadeDatabase) -> dict[int, str | None]:
    with made.connect("read") as read:
        return dict(read.execute("select position, content_id from chunks").fetchall())


@pytest.mark.parametrize("broken", [0, 1, 23, ROWS - 1])
def test_a_store_that_fails_in_between_gets_each_row_once(made: MadeDatabase, broken: int) -> None:
    def fail(number: int) -> None:
        if number == broken:
            raise Failure("the store is away", "")

    store = CountingStore(fail)
    with made.connect("ingest") as connection, pytest.raises(Failure, match="the store is away"):
        rows(connection).replicate(store, lambda line: None)
    assert sum(one is not None for one in identifiers(made).values()) == broken
    store.before = lambda number: None
    said: list[str] = []
    with made.connect("ingest") as connection:
        assert rows(connection).replicate(store, said.append) == ROWS - broken
        assert rows(connection).replicate(store, said.append) == 0
    assert set(store.kept.values()) == {1}
    assert set(identifiers(made).values()) == set(store.kept)
    assert not any("canary" in line for line in said)


def test_a_row_that_changes_while_it_is_stored_gets_the_id_of_its_new_text(made: MadeDatabase) -> None:
    def change(number: int) -> None:
        if number == 3:
            with made.connect("ingest") as other:
                other.execute("update chunks set text = 'changed' where position = 4")

    store = CountingStore(change)
    with made.connect("ingest") as connection:
        assert rows(connection).replicate(store, lambda line: None) == ROWS
    content = json.dumps({"id": "4", "position": "4", "text": "changed"}, separators=(",", ":")).encode()
    assert identifiers(made)[4] == hashlib.sha256(content).hexdigest()


def test_two_runs_at_once_and_columns_that_are_not_there_are_refused(made: MadeDatabase) -> None:
    store = CountingStore()
    with made.connect("ingest") as first, made.connect("ingest") as second:
        rows(first).replicate(store, lambda line: None)
        with pytest.raises(Failure, match="another run is at work"):
            rows(second).replicate(store, lambda line: None)
    with made.connect("ingest") as connection:
        wrong = Rows(connection=connection, table="chunks", key="id", content_column="cid", fields=["id"], batch=1)
        with pytest.raises(Failure, match="has no column cid"):
            wrong.replicate(store, lambda line: None)


def test_the_read_role_cannot_write_ids(made: MadeDatabase) -> None:
    with made.connect("read") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(connection).replicate(CountingStore(), lambda line: None)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    environment = {"ROOT_ACCESS_KEY": KEYS[0], "ROOT_SECRET_KEY": KEYS[1]}
    with running("s3", 7070, ["--health", "/health", "posix", "/data"], environment) as started:
        for _ in range(300):
            try:
                urlopen(f"{started.url}/health", timeout=5).close()
                break
            except (URLError, ConnectionError):
                time.sleep(0.2)
        yield started.url


def test_contents_lie_in_the_s3_store_under_their_digest(made: MadeDatabase, s3: str) -> None:
    bucket = f"chunks-{secrets.token_hex(4)}"
    with made.connect("ingest") as connection:
        assert rows(connection).replicate(S3Store(s3, *KEYS, bucket), lambda line: None) == ROWS
    client = boto3.client(
        "s3", endpoint_url=s3, aws_access_key_id=KEYS[0], aws_secret_access_key=KEYS[1], region_name="us-east-1",
        config=CONFIG,
    )  # fmt: skip
    for position, identifier in identifiers(made).items():
        assert identifier
        stored = client.get_object(Bucket=bucket, Key=key_of(identifier.removeprefix("sha256:")))["Body"].read()
        assert hashlib.sha256(stored).hexdigest() == identifier.removeprefix("sha256:")
        assert json.loads(stored)["text"] == f"canary {position}"


def test_a_store_with_other_keys_is_refused_without_telling_them(s3: str) -> None:
    with pytest.raises(Failure) as raised:
        S3Store(s3, KEYS[0], "canary-key", "chunks").put(b"x")
    assert "canary-key" not in str(raised.value)
