"""Real embed and rerank services and a real Postgres with pgvector."""

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.e2e.retrieval.containers import READY_SECONDS, Started, running, until_ready

PASSWORD = "for-tests-only"
DOCUMENTS = Path(__file__).parent / "documents"


@pytest.fixture(scope="session")
def embed() -> Iterator[Started]:
    with running("inference", 5555, ["embed"]) as started:
        until_ready(started)
        yield started


@pytest.fixture(scope="session")
def rerank() -> Iterator[Started]:
    with running("inference", 5556, ["rerank"]) as started:
        until_ready(started)
        yield started


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A connection string of a superuser."""
    environment = {"POSTGRES_PASSWORD": PASSWORD, "POSTGRES_DB": "platform"}
    with running("postgres", 5432, environment=environment) as started:
        conninfo = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{started.port}/platform"
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                psycopg.connect(conninfo, connect_timeout=3).close()
                break
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)
        yield conninfo


@pytest.fixture
def database(postgres: str) -> str:
    """The database without anything that an earlier test stored."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("drop schema if exists retrieval cascade")
    return postgres


@pytest.fixture
def environment(embed: Started, rerank: Started, database: str) -> dict[str, str]:
    """What scripts/ask needs to work without any stack; no chat model is there."""
    return {
        "EMBED_SERVICE_URL": embed.url,
        "RERANK_SERVICE_URL": rerank.url,
        "DATABASE_URL": database,
        "OLLAMA_BASE_URL": "http://127.0.0.1:1",
        "CHAT_MODEL": "none",
    }
