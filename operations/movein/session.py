"""Connections of a move: the source is only read, and both ends write values in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from operations.databases.told import told
from operations.failure import USAGE, Failure
from operations.retrieval.store import address

SAME_TEXT = (
    "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=1 -c bytea_output=hex"
    " -c statement_timeout=6h -c lock_timeout=30s -c client_connection_check_interval=5s"
)
"""Rows are compared by their text, which these settings shape."""
READ_ONLY = " -c default_transaction_read_only=on"


def source_conninfo(url: str, password: str | None) -> str:
    """The source with the password that came on standard input; libpq finds one in PGPASSFILE or ~/.pgpass by itself.

    Raises Failure for what is no connection string, or one that holds a password: others see it in the process list.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # Not the driver's own text: it quotes the value.
        raise Failure("--from is not a connection string", "postgresql://USER@HOST:PORT/DATABASE", USAGE) from None
    if "password" in parts:
        remedy = "take it out; put it into a file that PGPASSFILE names, or give it with --password-stdin"
        raise Failure("--from holds a password, which every user of this machine can see", remedy, USAGE)
    return make_conninfo(url, **({"password": password} if password else {}))


@contextmanager
def connected(conninfo: str, *, read_only: bool = False) -> Iterator[Connection]:
    """Raises Failure with the server's first line; never with a password, a text or a vector."""
    given = conninfo_to_dict(conninfo).get("options") or ""
    options = f"{given} {SAME_TEXT}{READ_ONLY if read_only else ''}"
    try:
        with psycopg.connect(
            conninfo, connect_timeout=15, options=options, autocommit=True, application_name="migrate-in",
            keepalives_idle=30, keepalives_interval=10, keepalives_count=3,
        ) as connection:  # fmt: skip
            yield connection
    except psycopg.Error as error:
        remedy = "the same command goes on where it stopped; see docs/runbooks/migrate-in.md"
        raise Failure(f"{address(conninfo)}: {told(error)}", remedy) from None
