"""What `pulumi up` tells about one database on standard input; see components/planned_database.py."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from operations.databases.server import Server
from planning.migrations import Migration


class LoginSpec(BaseModel):
    """A login that is open, with the rights of `role`."""

    model_config = ConfigDict(frozen=True)

    name: str
    role: str
    password: str


class ExtensionSpec(BaseModel):
    """`least`: the version that there must be at least, as numbers."""

    model_config = ConfigDict(frozen=True)

    name: str
    least: tuple[int, ...]


class DatabaseRoles(BaseModel):
    """The database and its roles; nobody logs in as one of these."""

    model_config = ConfigDict(frozen=True)

    database: str
    owner: str
    ingest: str
    read: str


class DatabaseSpec(BaseModel):
    """One database as it is to be. Holds passwords."""

    server: Server
    roles: DatabaseRoles
    logins: tuple[LoginSpec, ...]
    closed: tuple[str, ...]
    extensions: tuple[ExtensionSpec, ...]


class MigrationFile(BaseModel):
    """A migration with its text, so that what was previewed is what runs."""

    model_config = ConfigDict(frozen=True)

    number: int
    name: str
    up: str
    down: str

    @property
    def migration(self) -> Migration:
        return Migration(number=self.number, name=self.name, up=self.up, down=self.down)


class MigrationsSpec(BaseModel):
    """The migrations of one database; `variables` are those of psql that their SQL uses.

    `backed_up`: the environment has backups that take the database, so one of it is made first.
    """

    stack: str
    server: Server
    roles: DatabaseRoles
    variables: dict[str, str]
    files: tuple[MigrationFile, ...]
    backed_up: bool = False
