"""brew(1): kegs, links and pins in /opt/homebrew (Homebrew/brew cmd/install.rb, cmd/list.rb, cmd/pin.rb).

Formulae are the folders of bottles/FORMULA/VERSION that the image brings.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = Path("/opt/homebrew")
CELLAR = PREFIX / "Cellar"
PINNED = PREFIX / "var/homebrew/pinned"
BOTTLES = Path("/opt/simulator/bottles")
AS_ROOT = """Error: Running Homebrew as root is extremely dangerous and no longer supported.
As Homebrew does not drop privileges on installation you would be giving all
build scripts full access to your system."""


def main(arguments: list[str]) -> int:
    """One subcommand on every formula named."""
    command, *rest = arguments or [""]
    formulae = [argument for argument in rest if not argument.startswith("-")]
    if command == "--prefix":
        print(PREFIX / "opt" / formulae[0] if formulae else PREFIX)
        return 0
    if os.getuid() == 0:
        return _error(AS_ROOT)
    commands = {"list": _list, "install": _install, "upgrade": _install, "pin": _pin, "unpin": _unpin}
    if command not in commands:
        return _error(f"Error: Unknown command: brew {command}")
    return max((commands[command](formula) for formula in formulae), default=0)


def _error(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


def _list(formula: str) -> int:
    versions = sorted(keg.name for keg in (CELLAR / formula).glob("*"))
    if not versions:
        return 1
    print(formula, *versions)
    return 0


def _install(formula: str) -> int:
    bottles = list((BOTTLES / formula).glob("[0-9]*"))
    if not bottles:
        return _error(f'Warning: No available formula with the name "{formula}".')
    version = bottles[0].name
    try:
        with _locked(formula):
            return _pour(formula, version)
    except BlockingIOError:
        return _error(
            f"Error: A `brew install {formula}` process has already locked {CELLAR / formula}.\n"
            "Please wait for it to finish or terminate it to continue."
        )


@contextmanager
def _locked(formula: str) -> Iterator[None]:
    with (PREFIX / f"var/homebrew/locks/{formula}.formula.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _pour(formula: str, version: str) -> int:
    keg = CELLAR / formula / version
    if keg.exists():
        print(f"Warning: {formula} {version} is already installed and up-to-date.", file=sys.stderr)
        return 0
    # A keg that is only half there is not seen: poured aside, then renamed.
    unfinished = keg.with_name(f".{version}")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(BOTTLES / formula / version, unfinished, symlinks=True)
    unfinished.rename(keg)
    _link(PREFIX / "opt" / formula, Path("../Cellar") / formula / version)
    if not (BOTTLES / formula / "keg_only").exists():
        for program in (keg / "bin").iterdir():
            _link(PREFIX / "bin" / program.name, Path("../Cellar") / formula / version / "bin" / program.name)
    print(f"==> Pouring {formula}--{version}.arm64_tahoe.bottle.tar.gz\n{keg}")
    return 0


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def _pin(formula: str) -> int:
    opt = PREFIX / "opt" / formula
    if not opt.exists():
        return _error(f"Error: {formula} not installed")
    if (PINNED / formula).is_symlink():
        print(f"Warning: {formula} already pinned", file=sys.stderr)
        return 0
    (PINNED / formula).symlink_to(opt.resolve())
    return 0


def _unpin(formula: str) -> int:
    (PINNED / formula).unlink(missing_ok=True)
    return 0
