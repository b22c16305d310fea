"""A package that a host has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Package:
    """A Homebrew formula or a Debian package. With `version` it must be that one, and it is held there.

    `tap` is the Homebrew tap that the formula comes from, where it is none of Homebrew's own.
    """

    name: str
    version: str = ""
    tap: str = ""
