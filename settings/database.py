"""A database as settings describe it: where it lies, what it needs, and who may use it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from settings.base import Name, Settings

DatabaseName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""Roles are named after it, and Postgres cuts names off after 63 characters."""
SqlName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,47}$")]
"""Indexes are named after tables, so these are shorter than Postgres allows."""
Role = Literal["ingest", "read"]
"""What an application may do: `ingest` reads, inserts and updates, `read` only reads."""
LEAST_VERSIONS = {"vector": (0, 8, 4)}
"""Older versions of pgvector overflow in parallel HNSW builds or corrupt an index on vacuum."""


class Extension(Settings):
    """An extension, in the version that the server brings, which must be new enough."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")
    version: str = Field(
        default="", pattern=r"^(>=\d{1,6}(\.\d{1,6}){0,3})?$", description='Least version, such as ">=0.8.4".'
    )

    @property
    def least(self) -> tuple[int, ...]:
        """The version as numbers: what the settings ask for, else what is known to be safe."""
        asked = tuple(int(part) for part in self.version.removeprefix(">=").split(".") if part)
        return asked or LEAST_VERSIONS.get(self.name, ())


class Logins(Settings):
    """Which logins of a role are open. `scripts/rotate` changes both fields; see docs/runbooks/rotation.md."""

    generation: int = Field(default=1, ge=1, le=1_000_000, description="A higher one is another login and password.")
    overlap: bool = Field(default=False, description="Whether the login of the generation before still works.")


class Database(Settings):
    """One database of its own, with an owner, and roles that may change or only read its rows."""

    service: Name = Field(default="postgres", description="The Postgres service that it lies in.")
    extensions: tuple[Extension, ...] = ()
    migrations: str | None = Field(
        default=None,
        alias="schema",
        min_length=1,
        description="Its tables: a schema that comes with the platform (`knowledge`), or a folder of numbered SQL.",
    )
    tables: dict[SqlName, SqlName] = Field(
        default_factory=dict, description="Other names for tables of the schema: {documents: wiki_sources}."
    )
    dimension: int = Field(default=3072, ge=1, le=4000, description="Numbers in one vector of the schema.")
    language: str = Field(
        default="english", pattern=r"^[a-z_]{1,40}$", description="Full text configuration of the schema."
    )
    rotation: dict[Role, Logins] = Field(default_factory=dict)
