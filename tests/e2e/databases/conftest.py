"""A real Postgres with pgvector, and databases in it as `pulumi up` makes them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from operations.databases.apply import apply
from operations.databases.migrate import migrate
from operations.databases.planned import files_of, roles_of
from operations.databases.server import ContainerServer
from operations.databases.spec import DatabaseSpec, ExtensionSpec, LoginSpec, MigrationsSpec
from planning.build import build
from planning.managed_databases import PlannedDatabase
from settings.load import load
from tests.e2e.retrieval.containers import READY_SECONDS, Started, running

ADMINISTRATOR = "for-tests-only"
LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}
VECTOR = [{"name": "vector", "version": ">=0.8.4"}]


@dataclass(frozen=True)
class Lab:
    """One server in a container of its own."""

    started: Started

    @property
    def server(self) -> ContainerServer:
        return ContainerServer(docker_host=None, ssh_options=(), container=str(self.started.container.name))

    def url(self, database: str, user: str = "postgres", password: str = ADMINISTRATOR) -> str:
        return make_conninfo(
            host="127.0.0.1", port=self.started.port, dbname=database, user=user, password=password, connect_timeout=5
        )

    def planned(self, name: str, **settings: Any) -> PlannedDatabase:
        raw = {
            "hosts": {"local": LOCAL},
            "services": {"postgres": {"host": "local"}},
            "databases": {name: {"extensions": VECTOR, **settings}},
        }
        return build(load("test", raw, "Pulumi.test.yaml"), {}).databases[0]

    def make(self, planned: PlannedDatabase) -> MadeDatabase:
        """What the two commands of components/managed_database.py do."""
        made = MadeDatabase(self, planned)
        apply(made.spec)
        if planned.migrations:
            migrate(made.migrations)
        return made


@dataclass(frozen=True)
class MadeDatabase:
    """A database that has been made; passwords are those that a generator would give, always the same for a name."""

    lab: Lab
    planned: PlannedDatabase

    def password(self, name: str) -> str:
        return f"password-of-{name}"

    @property
    def spec(self) -> DatabaseSpec:
        planned = self.planned
        return DatabaseSpec(
            server=self.lab.server,
            roles=roles_of(planned),
            logins=tuple(
                LoginSpec(name=one.name, role=one.role, password=self.password(one.password)) for one in planned.logins
            ),
            closed=planned.closed,
            extensions=tuple(ExtensionSpec(name=one.name, least=one.least) for one in planned.extensions),
        )

    @property
    def migrations(self) -> MigrationsSpec:
        planned = self.planned
        return MigrationsSpec(
            stack="test", server=self.lab.server, roles=roles_of(planned),
            variables=dict(planned.variables), files=files_of(planned),
        )  # fmt: skip

    def url(self, role: str) -> str:
        """Connection string of the login that an application with that role uses."""
        login = self.planned.current["read" if role == "read" else "ingest"]
        return self.lab.url(self.planned.name, login.name, self.password(login.password))

    def connect(self, role: str) -> psycopg.Connection:
        return psycopg.connect(self.url(role), autocommit=True)

    def administrator(self) -> psycopg.Connection:
        return psycopg.connect(self.lab.url(self.planned.name), autocommit=True)


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    with running("postgres", 5432, environment={"POSTGRES_PASSWORD": ADMINISTRATOR}) as started:
        yield until_answers(Lab(started))


def until_answers(lab: Lab) -> Lab:
    """The lab, once its server lets somebody in."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            psycopg.connect(lab.url("postgres")).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
        else:
            return lab


@pytest.fixture
def name() -> str:
    """A database name that no other test has."""
    return f"kb_{secrets.token_hex(4)}"


@pytest.fixture(scope="session")
def knowledge(lab: Lab) -> Callable[..., MadeDatabase]:
    """Makes a database with the knowledge schema."""

    def make(name: str, **settings: Any) -> MadeDatabase:
        return lab.make(lab.planned(name, schema="knowledge", **{"dimension": 16, **settings}))

    return make
