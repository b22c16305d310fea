"""Somebody who logs in by the platform's own login."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from settings.base import Name, Settings

Shown = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f$]{1,100}$")]
"""A name as people write it: one line."""


class Person(Settings):
    """The key is the user name. The password's argon2id hash is the secret `login-<user name>`."""

    name: Shown = Field(description="Name that services show.")
    email: str = Field(pattern=r"^[^\s@$]+@[^\s@$]+\.[^\s@$]+$", description="Mail address that services are told.")
    groups: tuple[Name, ...] = Field(default=(), description="Groups that services are told.")


def password_secret(person: str) -> str:
    """Name of the secret that holds the hash of a person's password."""
    return f"login-{person}"
