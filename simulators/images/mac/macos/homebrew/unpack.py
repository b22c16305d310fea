"""brew unpack: a copy of a formula's source (Homebrew/brew dev-cmd/unpack.rb)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ..faults import concerns
from .formula import find
from .prefix import BrewError


def unpack(name: str, destination: Path, *, force: bool) -> None:
    """Put the source into DESTINATION/NAME-VERSION. Raises BrewError when that is there already."""
    formula = find(name)
    source = formula.folder / "source"
    if not source.exists():
        raise BrewError(f"{name}: its source is not in the simulator, only its bottle")
    destination.mkdir(parents=True, exist_ok=True)
    if not os.access(destination, os.W_OK):
        raise BrewError(f"Cannot write to {destination}")
    folder = destination.resolve() / f"{formula.name}-{formula.stable}"
    if folder.exists():
        if not force:
            raise BrewError(f"Destination {folder} already exists!")
        shutil.rmtree(folder)
    print(f"==> Unpacking {formula.full_name} to: {folder}", flush=True)
    if concerns("brew-download-fails", formula.name):
        raise BrewError(f'{formula.name}: Failed to download resource "{formula.name} ({formula.stable})"')
    shutil.copytree(source, folder, symlinks=True)
