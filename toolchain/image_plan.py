"""Which images to have and under which references, for one source. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from toolchain.image_folder import ImageFolder, ImageFolderError


class Source(StrEnum):
    """Where images come from: `auto` decides between the other two once per run."""

    AUTO = "auto"
    OFFICIAL = "official"
    SUBSTITUTES = "substitutes"


@dataclass(frozen=True)
class PlannedImage:
    """One image to have: pulled where `pulled`, else built from its folder under `reference`."""

    folder: ImageFolder
    reference: str
    pulled: bool

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def needs(self) -> list[str]:
        return [] if self.pulled else self.folder.needs


def plan_images(
    folders: Mapping[str, ImageFolder],
    names: Iterable[str],
    source: Source,
    certificates: Mapping[str, bytes],
) -> dict[str, PlannedImage]:
    """The named images and all they need, in an order in which each comes after what it needs.

    Raises ImageFolderError for an unknown name or folders that need each other in a circle.
    """
    order = _ordered(folders, names, source)
    planned: dict[str, PlannedImage] = {}
    for name in order:
        folder = folders[name]
        if source is Source.OFFICIAL and folder.official:
            planned[name] = PlannedImage(folder, folder.official, pulled=True)
        else:
            resolved = {need: planned[need].reference for need in folder.needs}
            planned[name] = PlannedImage(folder, folder.tag(resolved, certificates), pulled=False)
    return planned


def _ordered(folders: Mapping[str, ImageFolder], names: Iterable[str], source: Source) -> list[str]:
    graph: dict[str, list[str]] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in folders:
            raise ImageFolderError(f"no image is named {name}; there are {', '.join(sorted(folders))}")
        if name not in graph:
            pulled = source is Source.OFFICIAL and folders[name].official
            graph[name] = [] if pulled else folders[name].needs
            waiting.extend(graph[name])
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ImageFolderError(f"images need each other in a circle: {' -> '.join(error.args[1])}") from error


def missing_images(plan: Mapping[str, PlannedImage], wanted: Iterable[str], held: Collection[str]) -> set[str]:
    """The wanted images that are not among the held references, and what is missing to build those."""
    missing: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if plan[name].reference not in held and name not in missing:
            missing.add(name)
            waiting.extend(plan[name].needs)
    return missing


def default_names(folders: Mapping[str, ImageFolder]) -> list[str]:
    """What a run without names makes: ours and every service; not the ground only other images stand on."""
    needed = {need for folder in folders.values() for need in folder.needs}
    return [
        name for name, folder in folders.items() if not folder.is_rootfs and (folder.official or name not in needed)
    ]
