"""Databases of an environment as SQL for psql, which takes the passwords from its environment."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.definition import Database
from eject.variables import variable
from planning.passwords import database_password
from planning.plan import Plan

HEAD = """\
-- Makes what is missing and sets passwords; drops and changes nothing else. Run it as the administrator:
--   psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres --file={file}
"""


def database_files(plan: Plan) -> Iterator[tuple[str, str]]:
    """Name of each file, by the Postgres that it is for, and its text."""
    servers = dict.fromkeys(service.database_service for service in plan.services if service.database)
    for server in filter(None, servers):
        own = [one.database for one in plan.services if one.database and one.database_service == server]
        file = f"{server}.sql"
        yield file, "\n".join([HEAD.format(file=file), *map(_database, own)])


def _database(database: Database) -> str:
    """`\\getenv` is psql's own (14 and newer); the password is in no file and in no argument."""
    name, role = _identifier(database.name), _identifier(database.role)
    own = variable("password", database_password(database.role))
    extensions = [f"CREATE EXTENSION IF NOT EXISTS {_identifier(one)};" for one in database.extensions]
    lines = [
        "\\unset secret",
        f"\\getenv secret {own}",
        "SET log_statement = 'none';",
        f"SELECT {_literal(f'CREATE ROLE {role}')}",
        f"  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {_literal(database.role)}) \\gexec",
        f"ALTER ROLE {role} LOGIN NOSUPERUSER PASSWORD :'secret';",
        f"SELECT {_literal(f'CREATE DATABASE {name} OWNER {role}')}",
        f"  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {_literal(database.name)}) \\gexec",
        f"\\connect {name}",
        *extensions,
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;",
        f"GRANT ALL ON DATABASE {name} TO {role};",
        f"GRANT ALL ON SCHEMA public TO {role};",
        "\\connect postgres",
        "",
    ]
    return "\n".join(lines)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
