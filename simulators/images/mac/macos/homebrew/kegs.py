"""Kegs: installed versions of a formula, and the links that lead to one of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

from .formula import Formula
from .prefix import CELLAR, OPT, PINNED, PREFIX, BrewError

RECEIPT = "INSTALL_RECEIPT.json"


def installed(name: str) -> list[str]:
    """Versions of a formula that are there, oldest first."""
    kegs = [keg for keg in (CELLAR / name).glob("*") if not keg.name.startswith(".")]
    return [keg.name for keg in sorted(kegs, key=lambda keg: _number(keg.name))]


def current(name: str) -> str | None:
    """The version that opt/NAME leads to."""
    link = OPT / name
    return link.readlink().name if link.is_symlink() else None


def outdated(formula: Formula) -> bool:
    """Whether it is installed and none of its kegs is the stable version."""
    versions = installed(formula.name)
    return bool(versions) and formula.stable not in versions


def pinned_version(name: str) -> str | None:
    """The version that a pin holds."""
    link = PINNED / name
    return link.readlink().name if link.is_symlink() else None


def pour(formula: Formula) -> Path:
    """Put the stable version's bottle into the Cellar, link it, run what the formula does after. Raises BrewError."""
    keg = CELLAR / formula.name / formula.stable
    print(f"==> Pouring {formula.name}--{formula.stable}.arm64_tahoe.bottle.tar.gz", flush=True)
    # A keg that is only half there is not seen: poured aside, then renamed.
    unfinished = keg.with_name(f".{formula.stable}")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(formula.bottle, unfinished, symlinks=True)
    receipt = {"installed_on_request": True, "poured_from_bottle": True, "time": int(time.time())}
    (unfinished / RECEIPT).write_text(json.dumps(receipt))
    unfinished.rename(keg)
    if (formula.folder / "etc").exists():
        _install_configuration(formula.folder / "etc", PREFIX / "etc")
    _link(formula, keg)
    after = formula.folder / "post-install"
    if after.exists() and subprocess.run([after, keg], check=False).returncode != 0:
        raise BrewError("The post-install step did not complete successfully")
    print(keg)
    return keg


def remove(name: str, version: str) -> None:
    """Delete a keg. A process that runs from it goes on running."""
    shutil.rmtree(CELLAR / name / version)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.replace("_", ".").split(".") if part.isdigit())


def _install_configuration(source: Path, target: Path) -> None:
    # A file that is there is the user's; the new default is put beside it.
    for file in (path for path in source.rglob("*") if path.is_file()):
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists() and place.read_bytes() != file.read_bytes():
            place = place.with_name(f"{place.name}.default")
        shutil.copyfile(file, place)


def _link(formula: Formula, keg: Path) -> None:
    relative = Path("../Cellar") / formula.name / keg.name
    _point(OPT / formula.name, relative)
    if formula.keg_only:
        return
    for folder in (*keg.glob("bin"), *keg.glob("share/*/extension")):
        target = PREFIX / folder.relative_to(keg)
        target.mkdir(parents=True, exist_ok=True)
        for file in folder.iterdir():
            up = Path(*[".."] * len(target.relative_to(PREFIX).parts))
            _point(target / file.name, up / "Cellar" / formula.name / keg.name / file.relative_to(keg))


def _point(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)
