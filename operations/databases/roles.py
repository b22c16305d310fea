"""The SQL that brings a database and its roles about. Each statement leaves alone what is already as it should be.

Three roles that nobody logs in as: the owner of database and tables; `ingest`, which reads, inserts and updates;
`read`, which only reads. Logins have the rights of one of the last two. Default privileges give both their rights on
tables that the owner makes later; what a migration has taken away from a role stays taken away.
"""

from __future__ import annotations

from operations.database import identifier, literal
from operations.databases.spec import DatabaseRoles, DatabaseSpec, LoginSpec

QUIET = "SET log_statement = 'none'; SET log_min_error_statement = 'panic'; SET log_min_duration_statement = -1;\n"
"""Statements with passwords are kept out of the server's log."""
ONE_AT_A_TIME = f"SELECT pg_advisory_lock({0x726F6C65});\n"
"""Several databases of a server are made at once, and their statements meet in the same system tables."""
SILENT = (("log_min_messages", "fatal"), ("log_min_error_statement", "panic"), ("log_statement", "none"),
          ("log_min_duration_statement", "-1"), ("log_parameter_max_length", "0"))  # fmt: skip
"""What fails is told, with its texts and vectors, to the application that asked, and not to the server's log."""
NO_POWERS = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def server_sql(spec: DatabaseSpec) -> str:
    """What belongs to the whole server: roles, logins, and the database itself."""
    roles = spec.roles
    lines = [_group(role) for role in (roles.owner, roles.ingest, roles.read)]
    lines += [_login(login) for login in spec.logins]
    lines += [_closed(name) for name in spec.closed]
    database, owner = identifier(roles.database), identifier(roles.owner)
    create = literal(f"CREATE DATABASE {database} OWNER {owner}")
    lines += [
        f"SELECT {create} WHERE NOT EXISTS\n"  # noqa: S608  (quoted by `literal`)
        f"  (SELECT FROM pg_database WHERE datname = {literal(roles.database)}) \\gexec\n",
        f"ALTER DATABASE {database} OWNER TO {owner};\n",
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC;\n",
        f"GRANT CONNECT ON DATABASE {database} TO {identifier(roles.ingest)}, {identifier(roles.read)};\n",
        # Nobody but the administrator has anything to do in these, and everybody may connect to them by default.
        "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;\n",
    ]
    return QUIET + ONE_AT_A_TIME + "".join(lines)


def database_sql(roles: DatabaseRoles) -> str:
    """What lies inside the database: what its log tells, rights on the schema, now and by default."""
    owner, ingest, read = (identifier(role) for role in (roles.owner, roles.ingest, roles.read))
    default = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner}"
    silent = "".join(f"ALTER DATABASE {identifier(roles.database)} SET {key} = {value};\n" for key, value in SILENT)
    return (
        f"{silent}REVOKE ALL ON SCHEMA public FROM PUBLIC;\n"
        f"GRANT USAGE ON SCHEMA public TO {ingest}, {read};\n"
        f"GRANT USAGE, CREATE ON SCHEMA public TO {owner};\n"
        f"{default} GRANT USAGE ON SCHEMAS TO {ingest}, {read};\n"
        f"{default} GRANT SELECT, INSERT, UPDATE ON TABLES TO {ingest};\n"
        f"{default} GRANT SELECT ON TABLES TO {read};\n"
        f"{default} GRANT USAGE, SELECT ON SEQUENCES TO {ingest};\n"
    )


def _group(role: str) -> str:
    return _made(role) + f"ALTER ROLE {identifier(role)} NOLOGIN {NO_POWERS} PASSWORD NULL;\n"


def _login(login: LoginSpec) -> str:
    name = identifier(login.name)
    return (
        _made(login.name)
        + f"ALTER ROLE {name} LOGIN INHERIT {NO_POWERS} PASSWORD {literal(login.password)};\n"
        + f"GRANT {identifier(login.role)} TO {name};\n"
    )


def _made(role: str) -> str:
    create = literal(f"CREATE ROLE {identifier(role)}")
    return (
        f"SELECT {create} WHERE NOT EXISTS\n"  # noqa: S608  (quoted by `literal`)
        f"  (SELECT FROM pg_roles WHERE rolname = {literal(role)}) \\gexec\n"
    )


def _closed(role: str) -> str:
    """A former login has no password any more, and what it has open is ended."""
    close, name = literal(f"ALTER ROLE {identifier(role)} NOLOGIN PASSWORD NULL"), literal(role)
    return (
        f"SELECT {close} WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) \\gexec\n"  # noqa: S608  (quoted)
        f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = {name};\n"
    )
