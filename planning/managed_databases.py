"""The databases of an environment: their roles, logins, extensions and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planning.migrations import ROLES as ROLE_VARIABLES
from planning.migrations import Migration, SchemaError, read_schema, tables
from planning.placement import Placement, serving
from settings.database import LEAST_VERSIONS, Database, Extension, Logins, Role
from settings.environment import Environment
from settings.problem import Problem
from settings.unknown import unknown

ROLES: tuple[Role, ...] = ("ingest", "read")
SLOTS = ("a", "b")
SYSTEM = ("postgres", "template0", "template1")


@dataclass(frozen=True, kw_only=True)
class PlannedLogin:
    """Who logs in with the rights of `role`. `password` is the name of a generated password."""

    name: str
    role: str
    password: str


@dataclass(frozen=True, kw_only=True)
class PlannedExtension:
    """`least` is the version that the server must have at least; empty for any."""

    name: str
    least: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PlannedDatabase:
    """One database. `current` maps ingest and read to the login that applications use; `closed` are former logins.

    `logins` are all that are open: during a rotation the former one too. `variables` are those of the schema's SQL.
    """

    name: str
    service: str
    extensions: tuple[PlannedExtension, ...]
    current: Mapping[Role, PlannedLogin]
    logins: tuple[PlannedLogin, ...]
    closed: tuple[str, ...]
    schema: str | None
    migrations: tuple[Migration, ...]
    variables: Mapping[str, str]

    @property
    def tables(self) -> Mapping[str, str]:
        """What the schema's tables are called here, by the names that its files use."""
        return {name: self.variables[name] for name in tables(self.migrations)}

    @property
    def owner(self) -> str:
        """Owns the database and its tables; nobody logs in as it."""
        return role_name(self.name, "owner")

    @property
    def ingest(self) -> str:
        return role_name(self.name, "ingest")

    @property
    def read(self) -> str:
        return role_name(self.name, "read")


def role_name(database: str, role: str) -> str:
    return f"{database}_{role}"


def planned_databases(environment: Environment) -> tuple[PlannedDatabase, ...]:
    """In the order of the settings. Raises SchemaError for what `database_problems` reports."""
    return tuple(_planned(name, database) for name, database in environment.databases.items())


def database_problems(environment: Environment, placements: Mapping[str, Placement]) -> Iterator[Problem]:
    """What stands against the databases of the settings."""
    taken = {
        (placement.needs.get("postgres", placement.name), placement.definition.database.name): placement.name
        for placement in placements.values()
        if placement.definition.database
    }
    servers = [name for name, one in placements.items() if serving(one.definition.kind) == "postgres"]
    for name, database in environment.databases.items():
        path = f"databases.{name}"
        if database.service not in servers:
            yield unknown(f"{path}.service", database.service, servers, "postgres service")
        holder = "Postgres itself" if name in SYSTEM else taken.get((database.service, name))
        if holder:
            yield Problem(
                path=path, value="", cause=f"{holder} has a database of that name", remedy="give it another name"
            )
        yield from _old_extensions(path, database)
        yield from _overlaps(path, database)
        yield from _schema(path, database)


def _old_extensions(path: str, database: Database) -> Iterator[Problem]:
    for index, extension in enumerate(database.extensions):
        safe = LEAST_VERSIONS.get(extension.name, ())
        if extension.least < safe:
            yield Problem(
                path=f"{path}.extensions.{index}.version",
                value=extension.version,
                cause="older versions overflow in parallel HNSW builds or corrupt an index on vacuum",
                remedy=f'ask for ">={".".join(map(str, safe))}" or newer',
            )


def _overlaps(path: str, database: Database) -> Iterator[Problem]:
    for role, logins in database.rotation.items():
        if logins.overlap and logins.generation == 1:
            yield Problem(
                path=f"{path}.rotation.{role}.overlap",
                value="true",
                cause="the first login has none before it that could still work",
                remedy=f"rotate it: scripts/rotate {path.removeprefix('databases.')} {role}",
            )


def _schema(path: str, database: Database) -> Iterator[Problem]:
    if database.migrations is None:
        return
    try:
        known = tables(read_schema(database.migrations))
    except SchemaError as error:
        yield Problem(
            path=f"{path}.schema",
            value=database.migrations,
            cause=str(error),
            remedy="see docs/runbooks/migrations.md",
        )
        return
    for name in database.tables:
        if name not in known:
            yield unknown(f"{path}.tables.{name}", name, known, "table of the schema whose name can be changed")


def _planned(name: str, database: Database) -> PlannedDatabase:
    logins: list[PlannedLogin] = []
    closed: list[str] = []
    current: dict[Role, PlannedLogin] = {}
    for role in ROLES:
        rotation = database.rotation.get(role, Logins())
        current[role] = _login(name, role, rotation.generation)
        logins.append(current[role])
        if rotation.overlap:
            logins.append(_login(name, role, rotation.generation - 1))
        else:
            closed.append(_login(name, role, rotation.generation + 1).name)
    migrations = read_schema(database.migrations) if database.migrations else ()
    return PlannedDatabase(
        name=name,
        service=database.service,
        extensions=tuple(_extension(one) for one in database.extensions),
        current=current,
        logins=tuple(logins),
        closed=tuple(closed),
        schema=database.migrations,
        migrations=migrations,
        variables={
            **{table: database.tables.get(table, table) for table in tables(migrations)},
            **{role: role_name(name, role) for role in ROLE_VARIABLES},
            "dimension": str(database.dimension),
            "language": database.language,
        },
    )


def _extension(extension: Extension) -> PlannedExtension:
    return PlannedExtension(name=extension.name, least=extension.least)


def _login(database: str, role: Role, generation: int) -> PlannedLogin:
    """Two names take turns: the new one works before the old one stops."""
    group = role_name(database, role)
    slot = SLOTS[(generation - 1) % len(SLOTS)]
    return PlannedLogin(name=f"{group}_{slot}", role=group, password=f"{group}-{generation}")
