"""Roles that a server lacks, made as they were saved. Those that exist are left alone: their passwords are newer."""

from __future__ import annotations

import re

from operations.backup.postgres_server import PostgresServer

NAME = r'((?:"(?:[^"]|"")*")|[^\s;"]+)'
MADE = re.compile(rf"^(?:CREATE|ALTER) ROLE {NAME}[ ;]")
MEMBER = re.compile(rf"^GRANT {NAME} TO {NAME}[ ;]")
QUIET = "SET log_statement = 'none'; SET log_min_error_statement = 'panic';"


def statements(saved: str, existing: set[str]) -> list[str]:
    """Of the saved statements those for roles that are missing; names as the server quotes them."""
    lines = saved.splitlines()
    missing = {found[1] for line in lines if (found := MADE.match(line)) and found[1] not in existing}
    wanted = []
    for line in lines:
        made, member = MADE.match(line), MEMBER.match(line)
        if (made and made[1] in missing) or (member and member[2] in missing):
            wanted.append(line)
    return wanted


def make_missing(server: PostgresServer, saved: str) -> None:
    """Raises Failure when the server refuses one."""
    listed = server.ask("postgres", "SELECT quote_ident(rolname) FROM pg_roles;").splitlines()
    wanted = statements(saved, set(listed))
    if wanted:
        server.ask("postgres", "\n".join([QUIET, "BEGIN;", *wanted, "COMMIT;"]))
