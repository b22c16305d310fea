"""One folder an image is made from: its description and the tag that follows from its content. Only reads."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY_PREFIX = "ai-platform"
DESCRIPTION = "image.json"
ROOTFS_SCRIPT = "rootfs.sh"
SKIPPED = {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}


class ImageFolderError(Exception):
    """A folder does not describe an image that can be made."""


@dataclass(frozen=True)
class ImageFolder:
    """What `image.json` (optional) and the folder's files say about one image.

    ours: no official image exists; it is built whatever the source.
    official: `repository:tag@digest` of the image this folder substitutes.
    arguments: build argument -> name of the image of ours whose reference it receives.
    host_certificates: the build context gets the host's extra certificate authorities.
    weight: seconds a cold build took on two cores; the heaviest start first.
    """

    name: str
    path: Path
    ours: bool
    official: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    host_certificates: bool = False
    weight: int = 60

    @property
    def is_rootfs(self) -> bool:
        return (self.path / ROOTFS_SCRIPT).exists()

    @property
    def needs(self) -> list[str]:
        return sorted(set(self.arguments.values()))

    def files(self) -> Iterator[tuple[str, Path]]:
        """(path inside the build context, file), sorted, without the description and caches."""
        for path in sorted(self.path.rglob("*")):
            relative = path.relative_to(self.path)
            if path.is_file() and not SKIPPED.intersection(relative.parts) and str(relative) != DESCRIPTION:
                yield relative.as_posix(), path

    def tag(self, resolved: Mapping[str, str], certificates: Mapping[str, bytes]) -> str:
        """Full local reference: name and the first 16 hex digits of a hash over all that decides the content.

        resolved: reference of each image this one needs. certificates: the host's own, used only where asked for.
        """
        digest = hashlib.sha256()
        for relative, path in self.files():
            executable = bool(path.stat().st_mode & 0o100)
            digest.update(f"file {relative} {executable} {_sha256(path.read_bytes())}\n".encode())
        for argument, name in sorted(self.arguments.items()):
            digest.update(f"argument {argument} {resolved[name]}\n".encode())
        if self.host_certificates:
            for file_name, content in sorted(certificates.items()):
                digest.update(f"certificate {file_name} {_sha256(content)}\n".encode())
        return f"{REPOSITORY_PREFIX}/{self.name}:{digest.hexdigest()[:16]}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_folder(path: Path, ours: bool) -> ImageFolder:
    """Reads one folder. Raises ImageFolderError for a description that is not as documented on ImageFolder."""
    description = path / DESCRIPTION
    entries = json.loads(description.read_text()) if description.exists() else {}
    unknown = set(entries) - {"official", "arguments", "host_certificates", "weight"}
    if unknown:
        raise ImageFolderError(f"{description}: unknown entries {', '.join(sorted(unknown))}")
    is_rootfs = (path / ROOTFS_SCRIPT).exists()
    entries.setdefault("arguments", {} if is_rootfs else {"BASE": "base"})
    return ImageFolder(name=path.name, path=path, ours=ours, **entries)


def read_folders(root: Path) -> dict[str, ImageFolder]:
    """Every image under `images/` (ours) and `simulators/images/` (substitutes) of the repository root: the folders
    that hold a Dockerfile or a root filesystem script.

    Raises ImageFolderError for a name used twice.
    """
    folders: dict[str, ImageFolder] = {}
    for parent, ours in ((root / "images", True), (root / "simulators" / "images", False)):
        for path in sorted(parent.iterdir()) if parent.is_dir() else []:
            if not (path / "Dockerfile").exists() and not (path / ROOTFS_SCRIPT).exists():
                continue
            if path.name in folders:
                raise ImageFolderError(f"{path}: the name {path.name} is also used by {folders[path.name].path}")
            folders[path.name] = read_folder(path, ours)
    return folders
