"""Which image references an environment runs. Reads files only, so a plan needs no Docker."""

import json
from collections.abc import Iterable
from pathlib import Path

from toolchain.host_certificates import host_certificates
from toolchain.image_folder import read_folders
from toolchain.image_plan import Source, plan_images
from toolchain.places import ROOT, STATE


def recorded_references(record: Path = STATE / "images.json") -> dict[str, str]:
    """Image name -> reference, as the last run of toolchain.images found or built them; empty before the first."""
    found: dict[str, str] = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    return found


def official_references(root: Path = ROOT) -> dict[str, str]:
    """The tags that our own images get when they are built on official bases."""
    folders = read_folders(root)
    wanted = [name for name, folder in folders.items() if folder.ours]
    planned = plan_images(folders, wanted, Source.OFFICIAL, host_certificates())
    return {name: planned[name].reference for name in wanted}


def references(source: str) -> dict[str, str]:
    """References for the setting `images.source`; what it does not name comes from the catalogue."""
    return recorded_references() if source == "recorded" else official_references()


def ensure_environment(names: Iterable[str], source: str, simulated: Iterable[str] = ()) -> None:
    """Makes the images of an environment available here: all of them where they are recorded, else only our own.

    simulated: kinds of the simulated machines; the image of each is named like its kind.

    Raises what toolchain.images.ensure_images raises.
    """
    from toolchain.images import ensure_images  # noqa: PLC0415  (costs time that a plan need not pay)

    known = read_folders(ROOT)
    wanted = {name for name in names if name in known} | set(simulated)
    if source == "recorded":
        ensure_images(sorted(wanted))
        return
    own = sorted(name for name in wanted if known[name].ours)
    if own:
        ensure_images(own, Source.OFFICIAL)
