"""brew pin and brew unpin (Homebrew/brew cmd/pin.rb, formula_pin.rb)."""

from __future__ import annotations

from pathlib import Path

from . import kegs
from .prefix import PINNED, BrewError, warn


def pin(name: str) -> None:
    """Keep a formula at the version that it has."""
    version = kegs.current(name)
    if version is None:
        raise BrewError(f"{name} not installed")
    if kegs.pinned_version(name) is not None:
        warn(f"{name} already pinned")
        return
    (PINNED / name).symlink_to(Path("../../../Cellar") / name / version)


def unpin(name: str) -> None:
    """Let a formula be upgraded again."""
    if kegs.current(name) is None:
        raise BrewError(f"{name} not installed")
    if kegs.pinned_version(name) is None:
        warn(f"{name} not pinned")
    (PINNED / name).unlink(missing_ok=True)
