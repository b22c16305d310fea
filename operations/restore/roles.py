"""Roles that a server lacks, made as they were saved. Those that exist are left alone: their passwords are newer."""

from __future__ import annotations

import re
from collections.abc import Collection

from operations.backup.postgres_server import PostgresServer
from operations.database import literal

NAME = r'((?:"(?:[^"]|"")*")|[^\s;"]+)'
MADE = re.compile(rf"^(?:CREATE|ALTER) ROLE {NAME}[ ;]")
MEMBER = re.compile(rf"^GRANT {NAME} TO {NAME}[ ;]")
QUIET = "SET log_statement = 'none'; SET log_min_error_statement = 'panic';"


def statements(saved: str, existing: Collection[str], closed: Collection[str] = ()) -> list[str]:
    """Of the saved statements those for roles that are missing; names as the server quotes them.

    Of `closed` ones only that they are there: a password that was changed since must not open anything again.
    """
    lines = saved.splitlines()
    missing = {found[1] for line in lines if (found := MADE.match(line)) and found[1] not in existing}
    wanted = []
    for line in lines:
        made, member = MADE.match(line), MEMBER.match(line)
        of_made = made and made[1] in missing and (made[1] not in closed or line.startswith("CREATE "))
        if of_made or (member and member[2] in missing and member[2] not in closed):
            wanted.append(line)
    return wanted


def make_missing(server: PostgresServer, saved: str, closed: Collection[str] = ()) -> None:
    """Raises Failure when the server refuses one. `closed`: logins that a rotation has closed."""
    listed = server.ask("postgres", "SELECT quote_ident(rolname) FROM pg_roles;").splitlines()
    names = ", ".join(map(literal, closed))
    quoted = f"SELECT quote_ident(name) FROM unnest(ARRAY[{names}]::text[]) name;"  # noqa: S608  (quoted by `literal`)
    wanted = statements(saved, set(listed), server.ask("postgres", quoted).splitlines())
    if wanted:
        server.ask("postgres", "\n".join([QUIET, "BEGIN;", *wanted, "COMMIT;"]))
