"""A connection for a move: with deadlines, locks that do not hold up the application, errors without contents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import Connection, sql

from operations.databases.told import told
from operations.failure import Failure
from operations.retrieval.store import address

OPTIONS = (
    "-c statement_timeout=120s -c lock_timeout=30s -c idle_in_transaction_session_timeout=60s"
    # Names come out of the catalogue fully qualified, and nobody else's functions come in.
    " -c search_path=pg_catalog"
    # The server ends what it does for a client that was killed.
    " -c client_connection_check_interval=2s"
)
SLOW = "6h"
"""For statements that pass over the whole table: backup and indexes."""
RUNBOOK = "see docs/runbooks/move-to-another-embedding-model.md"
LOCK_ATTEMPTS = 20
LOCK_SECONDS = 2


@contextmanager
def connected(conninfo: str, remedy: str) -> Iterator[Connection]:
    """Raises Failure; its text names the database and the server's first line, never password, texts or vectors."""
    try:
        with psycopg.connect(
            conninfo, connect_timeout=5, options=OPTIONS, autocommit=True, application_name="reembed",
            keepalives_idle=30, tcp_user_timeout=60_000,
        ) as connection:  # fmt: skip
            yield connection
    except psycopg.Error as error:
        said_by_server = error.sqlstate is not None
        raise Failure(f"{address(conninfo)}: {told(error)}", RUNBOOK if said_by_server else remedy) from None


def alone(connection: Connection, key: str, label: str) -> None:
    """Keeps every other run off the same table until this process ends, however it ends. Raises Failure."""
    row = connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [f"reembed {key}"]).fetchone()
    if not row or not row[0]:
        raise Failure(
            f"another run is at work on {label}",
            "wait for it; one that was killed lets go within seconds: "
            "select pid, query from pg_stat_activity where application_name = 'reembed'",
        )


def patiently(connection: Connection, label: str, work: Callable[[], None]) -> None:
    """Runs `work` in a transaction that needs a strong lock. Waits for it briefly and often: who waits is waited for.

    Raises Failure when the table is in use all the time.
    """
    for attempt in range(LOCK_ATTEMPTS):
        try:
            with connection.transaction():
                connection.execute(sql.SQL("set local lock_timeout = {}").format(sql.Literal(f"{LOCK_SECONDS}s")))
                work()
                return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            if attempt + 1 < LOCK_ATTEMPTS:
                time.sleep(LOCK_SECONDS)
    raise Failure(
        f"{label} is locked by others all the time ({LOCK_ATTEMPTS} attempts of {LOCK_SECONDS} s)",
        "see what runs: select pid, state, query from pg_stat_activity; then run the same command again",
    )


@contextmanager
def slowly(connection: Connection) -> Iterator[None]:
    """Statements may take hours meanwhile."""
    connection.execute(sql.SQL("set statement_timeout = {}").format(sql.Literal(SLOW)))
    yield
    connection.execute("reset statement_timeout")
