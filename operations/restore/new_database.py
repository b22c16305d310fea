"""An empty database as the saved one was: owner, encoding, who may connect, its own settings."""

from __future__ import annotations

from operations.backup.manifest import DatabaseFacts
from operations.backup.postgres_server import PostgresServer
from operations.database import identifier, literal

# These hold lists that are quoted already (pg_dump, variable_is_guc_list_quote).
LISTS = ("local_preload_libraries", "search_path", "session_preload_libraries", "temp_tablespaces")


def create(server: PostgresServer, name: str, facts: DatabaseFacts) -> None:
    """Raises Failure when the server refuses; then there is no such database."""
    server.ask(
        "postgres",
        f"CREATE DATABASE {identifier(name)} OWNER {identifier(facts.owner)} TEMPLATE template0"
        f" ENCODING {literal(facts.encoding)} LC_COLLATE {literal(facts.collate)} LC_CTYPE {literal(facts.ctype)};",
    )
    server.ask("postgres", "\n".join(["BEGIN;", *_rights(name, facts), *_settings(name, facts), "COMMIT;"]))


def exists(server: PostgresServer, name: str) -> bool:
    query = f"SELECT 1 FROM pg_database WHERE datname = {literal(name)};"  # noqa: S608  (quoted by `literal`)
    return bool(server.ask("postgres", query))


def drop(server: PostgresServer, name: str) -> None:
    server.ask("postgres", f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE);")


def _rights(name: str, facts: DatabaseFacts) -> list[str]:
    database = identifier(name)
    granted = [f"REVOKE ALL ON DATABASE {database} FROM PUBLIC;"]
    for role, privilege, grantable in facts.grants:
        to, option = identifier(role) if role else "PUBLIC", " WITH GRANT OPTION" if grantable else ""
        granted.append(f"GRANT {privilege} ON DATABASE {database} TO {to}{option};")
    return granted


def _settings(name: str, facts: DatabaseFacts) -> list[str]:
    made = []
    for role, setting in facts.settings:
        key, _, value = setting.partition("=")
        whose = f"ROLE {identifier(role)} IN DATABASE" if role else "DATABASE"
        made.append(f"ALTER {whose} {identifier(name)} SET {key} TO {value if key in LISTS else literal(value)};")
    return made
