"""Makes a database, its role and its extensions in a Postgres container. Never drops or changes data.

SQL goes to `psql` inside the container over its local socket, where the administrator needs no password: so a
changed password is set, and a data volume that outlived its stack is taken over, without knowing the old one.
"""

from __future__ import annotations

import re
import sys

from pydantic import BaseModel

from operations.docker_cli import DockerCli, docker_cli
from operations.failure import Failure, guarded
from operations.stdin_spec import read_spec

MINIMUM_VERSIONS = {"vector": (0, 8, 4)}
"""Older versions of pgvector overflow in parallel HNSW builds or corrupt an index on vacuum."""
SECONDS = 60


class DatabaseSpec(BaseModel):
    """What standard input holds; see components/database.py."""

    docker_host: str | None
    ssh_options: list[str]
    container: str
    container_id: str
    database: str
    role: str
    password: str
    extensions: list[str]


def main() -> int:
    return guarded(lambda: apply(read_spec(DatabaseSpec)))


def apply(spec: DatabaseSpec) -> None:
    """Raises Failure when Postgres refuses, or an extension is missing or too old; then nothing was made."""
    with docker_cli(spec.docker_host, spec.ssh_options) as docker:
        for extension in spec.extensions:
            _require_version(docker, spec, extension)
        _psql(docker, spec, "postgres", role_sql(spec.role, spec.password))
        wanted = literal(spec.database)
        query = f"SELECT 1 FROM pg_database WHERE datname = {wanted};"  # noqa: S608  (quoted by `literal`)
        exists = _psql(docker, spec, "postgres", query)
        if "1" not in exists.split():
            _psql(
                docker, spec, "postgres", f"CREATE DATABASE {identifier(spec.database)} OWNER {identifier(spec.role)};"
            )
        _psql(docker, spec, spec.database, database_sql(spec.database, spec.role, spec.extensions))
    print(f"database {spec.database} with role {spec.role} is ready")


def role_sql(role: str, password: str) -> str:
    """Makes the role when it is missing and sets its password. The statement is kept out of the server's log."""
    create = literal(f"CREATE ROLE {identifier(role)}")
    return (
        "SET log_statement = 'none'; SET log_min_error_statement = 'panic';\n"
        f"SELECT {create} WHERE NOT EXISTS\n"
        f"  (SELECT FROM pg_roles WHERE rolname = {literal(role)}) \\gexec\n"
        f"ALTER ROLE {identifier(role)} LOGIN NOSUPERUSER PASSWORD {literal(password)};\n"
    )


def database_sql(database: str, role: str, extensions: list[str]) -> str:
    """Extensions belong to the administrator, the schema to the role; nobody else may connect."""
    return "\n".join(
        [
            *(f"CREATE EXTENSION IF NOT EXISTS {identifier(extension)};" for extension in extensions),
            f"REVOKE ALL ON DATABASE {identifier(database)} FROM PUBLIC;",
            f"GRANT ALL ON DATABASE {identifier(database)} TO {identifier(role)};",
            f"GRANT ALL ON SCHEMA public TO {identifier(role)};",
        ]
    )


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _require_version(docker: DockerCli, spec: DatabaseSpec, extension: str) -> None:
    name = literal(extension)
    query = f"SELECT default_version FROM pg_available_extensions WHERE name = {name};"  # noqa: S608  (quoted)
    found = re.search(r"\d+(\.\d+)+", _psql(docker, spec, "postgres", query))
    wanted = MINIMUM_VERSIONS.get(extension, ())
    if found is None:
        raise Failure(
            f"{spec.container} has no extension {extension}", "use an image that brings it (catalogue/postgres.py)"
        )
    if tuple(map(int, found[0].split("."))) < wanted:
        minimum = ".".join(map(str, wanted))
        raise Failure(f"{spec.container} has {extension} {found[0]}, older than {minimum}", "use a newer image")


def _psql(docker: DockerCli, spec: DatabaseSpec, database: str, sql: str) -> str:
    command = ("exec", "-i", spec.container, "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
               "--set=ON_ERROR_STOP=1", "--username=postgres", f"--dbname={database}")  # fmt: skip
    done = docker.attempt(*command, stdin=sql.encode(), timeout=SECONDS)
    if done.returncode:
        # psql repeats the statement after the message; only the first line is free of values.
        message = (done.stderr.decode(errors="replace").strip() or "no message").splitlines()[0]
        raise Failure(f"{spec.container}: {message}", f"docker logs {spec.container}")
    return done.stdout.decode()


if __name__ == "__main__":
    sys.exit(main())
