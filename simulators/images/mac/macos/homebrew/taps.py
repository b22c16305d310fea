"""Taps: repositories of formulae beside homebrew/core, and which of them may be loaded.

Trust is asked for since Homebrew 6.0 (documentation "Tap Trust", Homebrew/brew#22551, iwe-org/iwe#380): a formula that
is named in full is tapped and trusted in one step.
"""

from __future__ import annotations

import json
from pathlib import Path

from .formula import CORE, Formula
from .prefix import BOTTLES, PREFIX, TAPS, BrewError

TRUST = PREFIX / "var/homebrew/trust.json"


def tap(name: str) -> None:
    """Clone a tap. Raises BrewError for one that is not there, and for one that is not trusted."""
    if _clone(name).exists():
        return
    print(f"==> Tapping {name}")
    formulae = sorted(folder.parent.name for folder in BOTTLES.glob("*/tap") if folder.read_text().strip() == name)
    if not formulae:
        raise BrewError(f"Failure while executing; `git clone {name}` exited with 128.")
    if name not in _trusted():
        refused = "\n".join(_refusal(name, formula) for formula in formulae)
        raise BrewError(f"{refused}\nError: Cannot tap {name}: invalid syntax in tap!")
    _clone(name).mkdir(parents=True)
    print(f"Tapped {len(formulae)} formula{'e' if len(formulae) > 1 else ''}.")


def trust(name: str) -> None:
    """Remember that a tap, or one formula of it, may be loaded."""
    TRUST.write_text(json.dumps(sorted(_trusted() | {name})))


def require(formula: Formula, *, asked_as: str) -> None:
    """Raise BrewError unless the formula may be loaded under the name that was given."""
    if formula.tap == CORE:
        return
    if asked_as == formula.full_name:
        trust(formula.full_name)
        _clone(formula.tap).mkdir(parents=True, exist_ok=True)
    elif not _clone(formula.tap).exists():
        raise BrewError(f'No available formula with the name "{asked_as}".')
    elif not _trusted() & {formula.tap, formula.full_name}:
        raise BrewError(_refusal(formula.tap, formula.name))


def tapped() -> list[str]:
    """Names of the taps that are there."""
    return sorted(f"{clone.parent.name}/{clone.name.removeprefix('homebrew-')}" for clone in TAPS.glob("*/homebrew-*"))


def _trusted() -> set[str]:
    return set(json.loads(TRUST.read_text())) if TRUST.exists() else set()


def _clone(name: str) -> Path:
    user, _, repository = name.partition("/")
    return TAPS / user / f"homebrew-{repository}"


def _refusal(tap_name: str, formula: str) -> str:
    return (
        f"Refusing to load formula {tap_name}/{formula} from untrusted tap {tap_name}.\n"
        f"Run `brew trust --formula {tap_name}/{formula}` or `brew trust {tap_name}` to trust it."
    )
