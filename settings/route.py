"""A public name and who may use it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from settings.base import Name, Settings


class Route(Settings):
    """`https://hostname` leads to `service`; nothing is public without an access mode."""

    hostname: str = Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")
    service: Name
    access: Literal["private", "shared", "public"] = Field(
        description="private: named people. shared: people and keys. public: anyone, rate limited."
    )


class Edge(Settings):
    """The Cloudflare account that public names belong to."""

    account_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    zone_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    emails: tuple[str, ...] = Field(default=(), description="Mail addresses that private names admit.")
    email_domain: str | None = Field(default=None, description="Mail domain that private names admit.")
