"""A database of the settings on a Mac itself, as `pulumi up` makes it over the Mac's login."""

from __future__ import annotations

from operations.databases.planned import files_of, roles_of
from operations.databases.server import HostServer
from operations.databases.spec import DatabaseSpec, ExtensionSpec, LoginSpec, MigrationsSpec
from planning.build import build
from planning.managed_databases import PlannedDatabase
from settings.host import Ssh
from settings.load import load
from tests.e2e.mac import ADDRESS, Mac

LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}


def planned(name: str) -> PlannedDatabase:
    settings = {"schema": "knowledge", "dimension": 8, "extensions": [{"name": "vector"}]}
    raw = {"hosts": {"local": LOCAL}, "services": {"postgres": {"host": "local"}}, "databases": {name: settings}}
    return build(load("test", raw, "Pulumi.test.yaml"), {}).databases[0]


def server(mac: Mac) -> HostServer:
    keys = mac.keys
    login = Ssh(
        user="admin", port=mac.specification.ssh_port,
        identity_file=str(keys.client_key), known_hosts_file=str(keys.known_hosts),
    )  # fmt: skip
    return HostServer(
        stack="test", name="mac", address=ADDRESS, login=login,
        programs="/opt/homebrew/opt/postgresql@16/bin", sockets="/tmp", port=5432,
    )  # fmt: skip


def database_spec(mac: Mac, database: PlannedDatabase) -> DatabaseSpec:
    """Each login has its own name as password."""
    return DatabaseSpec(
        server=server(mac), roles=roles_of(database), closed=database.closed,
        logins=tuple(LoginSpec(name=one.name, role=one.role, password=one.name) for one in database.logins),
        extensions=tuple(ExtensionSpec(name=one.name, least=one.least) for one in database.extensions),
    )  # fmt: skip


def migrations_spec(mac: Mac, database: PlannedDatabase) -> MigrationsSpec:
    return MigrationsSpec(
        stack="test", server=server(mac), roles=roles_of(database),
        variables=dict(database.variables), files=files_of(database),
    )  # fmt: skip
