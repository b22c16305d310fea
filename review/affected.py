"""Which environments a change of files can touch. Errs on the side of looking."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

UNRELATED = ("docs", "tests", "bench", "policy", "review", "simulators", ".github", ".ci")
"""Top folders that nothing of an environment is made from."""
UNRELATED_ENDINGS = (".md",)
UNRELATED_FILES = ("Makefile", ".gitignore", "LICENSE", "pyproject.toml")
SHARED_CATALOGUE = ("__init__.py", "definition.py", "load.py", "language_models.py")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What an environment is made from. `readable` is False where its settings cannot tell."""

    name: str
    kinds: frozenset[str] = frozenset()
    images: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    readable: bool = True

    @property
    def file(self) -> str:
        return f"Pulumi.{self.name}.yaml"


def affected(files: Iterable[str], stacks: Collection[Stack]) -> list[str]:
    """Names in the order of `stacks`. `files` are paths from the root of the repository."""
    changed = [PurePosixPath(file) for file in files]
    return [stack.name for stack in stacks if any(_touches(path, stack, stacks) for path in changed)]


def _touches(path: PurePosixPath, stack: Stack, stacks: Collection[Stack]) -> bool:
    if path.name == str(path) and path.name.startswith("Pulumi.") and path.name != "Pulumi.yaml":
        return str(path) == stack.file
    if any(path.is_relative_to(site) for site in stack.sites):
        return True
    if any(path.is_relative_to(site) for other in stacks for site in other.sites) or _unrelated(path):
        return False
    return _part_of(path, stack) if stack.readable else True


def _unrelated(path: PurePosixPath) -> bool:
    return path.parts[0] in UNRELATED or path.suffix in UNRELATED_ENDINGS or str(path) in UNRELATED_FILES


def _part_of(path: PurePosixPath, stack: Stack) -> bool:
    """A file of one catalogue entry or one image concerns those who use it, everything else concerns all."""
    folder, *rest = path.parts
    if folder == "catalogue" and rest and rest[-1] not in SHARED_CATALOGUE:
        return path.stem.replace("_", "-") in stack.kinds
    if folder == "images" and len(rest) > 1:
        return rest[0] in stack.images
    return True
