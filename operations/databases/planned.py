"""From the plan to what the administrator of a database's server is told, for verbs that touch no engine."""

from __future__ import annotations

from hosts.mac.postgres import PROGRAMS, SOCKETS
from hosts.ssh_options import ssh_options
from operations.databases.server import ContainerServer, HostServer
from operations.databases.spec import DatabaseRoles, MigrationFile, MigrationsSpec
from operations.failure import USAGE, Failure
from operations.ssh_login import login_of
from planning.databases import backed_up
from planning.managed_databases import PlannedDatabase
from planning.plan import Plan


def server_of(plan: Plan, service: str) -> ContainerServer | HostServer:
    """How the administrator of a Postgres service is reached."""
    planned = plan.service(service)
    ssh = plan.hosts[planned.host].ssh
    login = login_of(plan.name, plan.hosts, planned.host) if ssh else None
    if planned.container is None:
        if login is None:
            raise Failure(f"{service} runs on {planned.host}, where nobody logs in", f"see hosts.{planned.host}", USAGE)
        return HostServer(
            stack=plan.name, name=planned.host, address=login.address, login=login.ssh,
            programs=PROGRAMS, sockets=SOCKETS, port=planned.port,
        )  # fmt: skip
    return ContainerServer(
        docker_host=login.url if login else None,
        ssh_options=ssh_options(login.ssh) if login else (),
        container=planned.container.name,
    )


def roles_of(database: PlannedDatabase) -> DatabaseRoles:
    return DatabaseRoles(
        database=database.name, owner=database.owner, ingest=database.ingest, read=database.read
    )  # fmt: skip


def migrations_of(plan: Plan, database: PlannedDatabase) -> MigrationsSpec:
    return MigrationsSpec(
        stack=plan.name,
        server=server_of(plan, database.service),
        roles=roles_of(database),
        variables=dict(database.variables),
        files=files_of(database),
        backed_up=backed_up(plan, database.service),
    )


def files_of(database: PlannedDatabase) -> tuple[MigrationFile, ...]:
    return tuple(
        MigrationFile(number=one.number, name=one.name, up=one.up, down=one.down) for one in database.migrations
    )


def database_of(plan: Plan, name: str | None) -> PlannedDatabase:
    """The database of that name, or the only one. Raises Failure."""
    found = [database for database in plan.databases if name in (None, database.name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(database.name for database in plan.databases) or "none"
    cause = f"{plan.name} has no database {name}" if name else f"{plan.name} has several databases"
    raise Failure(f"{cause} (known: {known})", f"see `databases` in Pulumi.{plan.name}.yaml", USAGE)
