"""How an application reaches a database: address, login and password, from the plan and the stack's outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from psycopg.conninfo import make_conninfo

from operations.databases.tls import tls_options
from operations.failure import Failure
from operations.outputs import Outputs
from planning.managed_databases import PlannedDatabase
from planning.plan import Plan
from settings.database import Role


@dataclass(frozen=True, kw_only=True)
class DatabaseAddress:
    """One login on one database; `tls` are libpq's parameters. The password never stands in a message."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    tls: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """As applications write it."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"postgresql://{login}@{self.host}:{self.port}/{quote(self.database, safe='')}"

    @property
    def conninfo(self) -> str:
        """As psycopg takes it."""
        return make_conninfo(
            host=self.host, port=self.port, dbname=self.database, user=self.user, password=self.password, **self.tls
        )


def address_of(plan: Plan, database: PlannedDatabase, role: Role, outputs: Outputs) -> DatabaseAddress:
    """The login that applications with that role use now. Raises Failure when it has not been made yet."""
    login, server = database.current[role], plan.service(database.service)
    if login.password not in outputs.credentials:
        raise Failure(f"{plan.name} has no login {login.name} yet", f"make up STACK={plan.name}")
    password = outputs.credentials[login.password].get_secret_value()
    return DatabaseAddress(
        host=server.address,
        port=server.port,
        database=database.name,
        user=login.name,
        password=password,
        tls=tls_options(outputs, server.name),
    )
