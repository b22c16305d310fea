"""Makes a database with its roles, logins and extensions, and closes former logins. Never drops or changes data."""

from __future__ import annotations

import sys

from operations.databases import extensions
from operations.databases.roles import database_sql, server_sql
from operations.databases.server import administrator
from operations.databases.spec import DatabaseSpec
from operations.failure import guarded
from operations.stdin_spec import read_spec


def main() -> int:
    return guarded(lambda: apply(read_spec(DatabaseSpec)))


def apply(spec: DatabaseSpec) -> None:
    """Raises Failure when the server refuses, or an extension is missing or too old; then nothing was made."""
    database = spec.roles.database
    with administrator(spec.server) as server:
        extensions.require_versions(server, spec.extensions)
        server.sql("postgres", server_sql(spec))
        extensions.make(server, database, spec.extensions)
        server.sql(database, database_sql(spec.roles))
    print(f"database {database} is ready; logins: {', '.join(login.name for login in spec.logins)}")


if __name__ == "__main__":
    sys.exit(main())
