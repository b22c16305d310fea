"""Logins that exist for the time of a move only: their passwords are made here and kept nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from psycopg.conninfo import make_conninfo

from operations.database import identifier, literal
from operations.databases.roles import NO_POWERS, QUIET
from operations.databases.server import Administrator

HOURS = 24


@contextmanager
def owner_login(administrator: Administrator, owner: str, place: Mapping[str, str], database: str) -> Iterator[str]:
    """Connection string of a login at `place` (libpq's parameters) that acts as `owner`.

    It is closed at the end, and by itself after a day.
    """
    name, password = f"{owner}_movein", secrets.token_urlsafe(32)
    administrator.sql("postgres", login_sql(name, owner, password))
    try:
        yield make_conninfo(
            **place, dbname=database, user=name, password=password, options=f"-c role={owner}",
        )  # fmt: skip
    finally:
        administrator.sql("postgres", f"ALTER ROLE {identifier(name)} NOLOGIN PASSWORD NULL;")


def login_sql(name: str, owner: str, password: str) -> str:
    """Makes the login, or opens it again with another password."""
    create, role = literal(f"CREATE ROLE {identifier(name)}"), identifier(name)
    until = literal(f"ALTER ROLE {role} VALID UNTIL ")
    return (
        f"{QUIET}SELECT {create} WHERE NOT EXISTS\n"  # noqa: S608  (quoted by `literal`)
        f"  (SELECT FROM pg_roles WHERE rolname = {literal(name)}) \\gexec\n"
        f"ALTER ROLE {role} LOGIN {NO_POWERS} PASSWORD {literal(password)};\n"
        f"SELECT {until} || quote_literal(now() + interval '{HOURS} hours') \\gexec\n"
        f"GRANT {identifier(owner)} TO {role};\n"
    )
