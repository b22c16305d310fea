"""What brew says about formulae (Homebrew/brew cmd/list.rb, cmd/info.rb, cmd/outdated.rb, formula.rb to_hash)."""

from __future__ import annotations

import json
from typing import Any

from . import kegs, taps
from .formula import Formula, find
from .prefix import BOTTLES, CELLAR, BrewError


def list_versions(names: list[str], *, versions: bool) -> int:
    """`brew list`: what is installed; exit status 1 when one of the names is not."""
    there = [name for name in names or _installed() if kegs.installed(name)]
    for name in there:
        print(name, *(kegs.installed(name) if versions else []))
    if not versions and len(there) < len(names):
        missing = next(name for name in names if name not in there)
        raise BrewError(f"No such keg: {CELLAR / missing}")
    return int(bool(names) and len(there) < len(names))


def info(names: list[str], *, as_json: bool) -> int:
    """`brew info`: each formula, installed or not."""
    formulae = [find(name) for name in names]
    for formula, name in zip(formulae, names, strict=True):
        taps.require(formula, asked_as=name)
    if as_json:
        print(json.dumps({"formulae": [_facts(formula) for formula in formulae], "casks": []}))
    else:
        for formula in formulae:
            print(f"==> {formula.full_name}: stable {formula.stable} (bottled)")
            print("Installed" if kegs.installed(formula.name) else "Not installed")
    return 0


def outdated(names: list[str], *, as_json: bool) -> int:
    """`brew outdated`: exit status 1 when names are given and one of them is outdated."""
    late = [formula for formula in map(find, names or _installed()) if kegs.outdated(formula)]
    if as_json:
        print(json.dumps({"formulae": [_late(formula) for formula in late], "casks": []}))
    else:
        for formula in late:
            print(formula.full_name)
    return int(bool(names) and bool(late))


def _installed() -> list[str]:
    # What Homebrew does not know any more is not among the bottles.
    return sorted(keg.name for keg in CELLAR.glob("*") if (BOTTLES / keg.name).exists())


def _late(formula: Formula) -> dict[str, Any]:
    pinned = kegs.pinned_version(formula.name)
    return {
        "name": formula.full_name,
        "installed_versions": kegs.installed(formula.name),
        "current_version": formula.stable,
        "pinned": pinned is not None,
        "pinned_version": pinned,
    }


def _facts(formula: Formula) -> dict[str, Any]:
    return {
        "name": formula.name,
        "full_name": formula.full_name,
        "tap": formula.tap,
        "versions": {"stable": formula.stable, "head": None, "bottle": True},
        "revision": 0,
        "keg_only": formula.keg_only,
        "linked_keg": None if formula.keg_only else kegs.current(formula.name),
        "pinned": kegs.pinned_version(formula.name) is not None,
        "outdated": kegs.outdated(formula),
        "deprecated": False,
        "disabled": False,
        "installed": [_receipt(formula, version) for version in kegs.installed(formula.name)],
        "service": None,
    }


def _receipt(formula: Formula, version: str) -> dict[str, Any]:
    receipt = json.loads((CELLAR / formula.name / version / kegs.RECEIPT).read_text())
    return {"version": version, **receipt}
