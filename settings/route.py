"""A public name and who may use it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from settings.base import Name, Settings

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
Path = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9._~/-]*\*?$")]
Instant = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


class Route(Settings):
    """`https://hostname` leads to a service, or to several; nothing is public without an access mode.

    An internal name is known to the office's resolver only: no record, tunnel or login of Cloudflare has to do with it.
    """

    hostname: str = Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")
    service: Name | None = Field(default=None, description="Where it leads.")
    services: dict[Name, Annotated[int, Field(ge=1, le=100)]] = Field(
        default_factory=dict, description="In place of `service`: several that share requests by weight."
    )
    access: Literal["private", "shared", "public", "internal"] = Field(
        description="private: named people. shared: people and keys. public: anyone, rate limited. "
        "internal: the environment's networks, without Cloudflare."
    )
    login: Literal["authelia"] | None = Field(
        default=None, description="authelia: people log in here and not at Cloudflare; private and internal names."
    )
    people: tuple[Name, ...] = Field(
        default=(), description="login: authelia: whom of `people` it admits; all when left out."
    )
    emails: tuple[str, ...] = Field(default=(), description="Mail addresses it admits, in place of those of `edge`.")
    email_domain: str | None = Field(default=None, description="Mail domain it admits, in place of that of `edge`.")
    keys: tuple[Name, ...] = Field(default=(), description="shared: keys of `edge.keys` that open it.")
    methods: tuple[Method, ...] = Field(default=("GET", "HEAD"), description="public: what may be asked.")
    paths: tuple[Path, ...] = Field(default=("/*",), description="public: paths; a `*` at the end takes what follows.")
    requests: int = Field(default=100, ge=1, le=1_000_000, description="public: so many from one address in a period.")
    period_seconds: Literal[10, 60, 120, 300, 600, 3600] = Field(default=60, description="public: the period.")

    @property
    def outside(self) -> bool:
        """Whether the name stands in public DNS and leads through the tunnel."""
        return self.access != "internal"

    @property
    def asks_access(self) -> bool:
        """Whether Cloudflare Access asks who comes."""
        return self.access in ("private", "shared") and self.login is None

    @property
    def targets(self) -> dict[str, int]:
        """Where it leads, by weight."""
        return {self.service: 1} if self.service else self.services


class Key(Settings):
    """A key for a program, by name. Taken from the list it opens nothing any more."""

    version: int = Field(default=1, ge=1, description="Raise it for a new secret.")
    previous_until: Instant | None = Field(
        default=None, description="With a raised version: so long the secret before it works on, 2026-12-01T00:00:00Z."
    )
    lifetime_days: int = Field(default=365, ge=1, le=3650, description="The key ends so long after it was made.")


Listener = Annotated[str, StringConstraints(pattern=r"^\d{1,3}(\.\d{1,3}){3}:[1-9]\d{0,4}$")]
SIMULATED = {"account_id": "a" * 32, "zone_id": "b" * 32, "team": "dev"}
"""The simulated account of every checkout, as simulators/cloudflare makes it."""
SIMULATED_ZONE = "dev.test"


class Edge(Settings):
    """The Cloudflare account that public names belong to: a real one, or a simulated one of this checkout."""

    simulated: bool = Field(
        default=False,
        description=f"`make up` starts a simulated account on this machine; its zone is {SIMULATED_ZONE}.",
    )
    account_id: str = Field(default="", pattern=r"^[0-9a-f]{32}$", description="Required, but for a simulated one.")
    zone_id: str = Field(default="", pattern=r"^[0-9a-f]{32}$", description="Required, but for a simulated one.")
    emails: tuple[str, ...] = Field(default=(), description="Mail addresses that private names admit.")
    email_domain: str | None = Field(default=None, description="Mail domain that private names admit.")
    team: Name | None = Field(
        default=None, description="Team name of Zero Trust. With it connectors refuse whatever did not pass the login."
    )
    keys: dict[Name, Key] = Field(default_factory=dict, description="Keys for programs, for `access: shared`.")
    browsers: Listener = Field(default="127.0.0.1:8443", description="simulated: where browsers on this machine go.")
    connectors: Listener = Field(
        default="172.17.0.1:7844", description="simulated: where connectors in containers go; Docker's own bridge."
    )

    @property
    def port(self) -> str:
        """What follows a public name in the address bar of a browser."""
        return f":{self.browsers.rpartition(':')[2]}" if self.simulated else ""
