"""A formula: what can be had under a name. The image brings each as a folder of bottles, see bottles/make."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .prefix import BOTTLES, BrewError

CORE = "homebrew/core"


@dataclass(frozen=True)
class Formula:
    """One formula and its bottles. `stable` is the version that `brew install` would pour."""

    name: str
    tap: str
    stable: str
    keg_only: bool
    folder: Path

    @property
    def full_name(self) -> str:
        """The name with its tap, where that is not homebrew/core."""
        return self.name if self.tap == CORE else f"{self.tap}/{self.name}"

    @property
    def bottle(self) -> Path:
        """What is poured."""
        return self.folder / self.stable

    @property
    def versioned(self) -> bool:
        """Whether this is one of several formulae of a program, such as postgresql@16."""
        return "@" in self.name


def find(name: str) -> Formula:
    """The formula of a short name or of `user/tap/name`. Raises BrewError."""
    tap, _, short = name.rpartition("/")
    folder = BOTTLES / short
    formula = _read(folder) if (folder / "stable").exists() else None
    if formula is None or tap not in {"", formula.tap}:
        raise BrewError(f'No available formula with the name "{name}".')
    return formula


def _read(folder: Path) -> Formula:
    tap = folder / "tap"
    return Formula(
        name=folder.name,
        tap=tap.read_text().strip() if tap.exists() else CORE,
        stable=(folder / "stable").read_text().strip(),
        keg_only=(folder / "keg_only").exists(),
        folder=folder,
    )
