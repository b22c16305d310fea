"""A command that a host runs again and again by itself."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_SECONDS = 900
"""After the host has started, or the job was installed: by then the services are up."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """`command` runs as the user who logs in, in `folder`, so often, for `seconds` at most."""

    name: str
    command: tuple[str, ...]
    folder: str
    every_hours: int
    seconds: int
    first_seconds: int = FIRST_SECONDS
