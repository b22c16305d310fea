"""What a host has beside the needs of its services: packages, directories, people."""

from __future__ import annotations

from pydantic import Field

from settings.base import Settings


class HostPackage(Settings):
    """A Homebrew formula or a Debian package."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9+._@-]{0,99}$")
    version: str = Field(
        default="", pattern=r"^[A-Za-z0-9.+:~_-]{0,60}$", description="It must be this one, and is held there."
    )
    tap: str = Field(
        default="",
        pattern=r"^([a-z0-9-]+/[a-z0-9-]+)?$",
        description="Tap of the formula, where it is none of Homebrew's.",
    )


class HostDirectory(Settings):
    """A directory of the user who logs in."""

    path: str = Field(pattern=r"^/[^\x00-\x1f]*$", description="Absolute path.")
    mode: str = Field(default="0755", pattern=r"^0[0-7]{3}$", description="Access rights, in octal.")


class HostUser(Settings):
    """A person with an account. Removing the entry leaves the account: its files are not ours to judge."""

    authorized_keys: tuple[str, ...] = Field(description="Public keys that may log in, one line each.")
    admin: bool = Field(default=False, description="Whether the person may become root.")
