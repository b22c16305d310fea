"""brew install and brew upgrade (Homebrew/brew cmd/install.rb, cmd/upgrade.rb)."""

from __future__ import annotations

from ..faults import concerns, slow
from . import kegs, taps
from .formula import Formula, find
from .locks import locked
from .prefix import BOTTLES, BrewError, wanted, warn


def install(name: str) -> None:
    """Pour a formula; one that is installed and outdated is upgraded unless HOMEBREW_NO_INSTALL_UPGRADE is set."""
    formula = find(name)
    taps.require(formula, asked_as=name)
    have = kegs.installed(formula.name)
    if formula.stable in have:
        warn(f"{formula.full_name} {formula.stable} is already installed and up-to-date.")
    elif have and wanted("NO_INSTALL_UPGRADE"):
        warn(
            f"{formula.full_name} {have[-1]} is already installed and outdated.\n"
            f"To upgrade to {formula.stable}, run:\n  brew upgrade {formula.full_name}"
        )
    elif have:
        upgrade(name)
    else:
        with locked(formula.name):
            _fetch(formula)
            kegs.pour(formula)


def upgrade(name: str) -> None:
    """Bring a formula to its stable version. Raises BrewError for one that is pinned or not installed."""
    formula = find(name)
    have = kegs.installed(formula.name)
    if not have:
        raise BrewError(f"{formula.full_name} not installed")
    if not kegs.outdated(formula):
        warn(f"{formula.full_name} {have[-1]} already installed")
        return
    if kegs.pinned_version(formula.name) is not None:
        print(f"{formula.full_name} {formula.stable}")
        raise BrewError("Not upgrading 1 pinned package:")
    print(f"==> Upgrading 1 outdated package:\n{formula.full_name} {have[-1]} -> {formula.stable}", flush=True)
    with locked(formula.name):
        _fetch(formula)
        kegs.pour(formula)
        if not wanted("NO_INSTALL_CLEANUP"):
            for version in have:
                kegs.remove(formula.name, version)


def upgrade_all() -> None:
    """Upgrade whatever is outdated and not pinned."""
    for folder in sorted(BOTTLES.iterdir()):
        formula = find(folder.name)
        if not kegs.outdated(formula):
            continue
        if kegs.pinned_version(formula.name) is not None:
            warn("Not upgrading 1 pinned package:")
            print(f"{formula.full_name} {formula.stable}")
        else:
            upgrade(formula.name)


def _fetch(formula: Formula) -> None:
    print(f"==> Fetching {formula.full_name}", flush=True)
    slow("brew-slow", 30)
    if concerns("brew-download-fails", formula.name):
        raise BrewError(
            f'{formula.name}: Failed to download resource "{formula.name} ({formula.stable})"\n'
            f"Download failed: bottle of {formula.name} {formula.stable}: Operation timed out after 30001 milliseconds"
        )
