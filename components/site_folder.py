"""The built pages of a web application on this machine: what is delivered of a folder, and the digest that names it.

Only regular files count. Their times, owners and modes do not: two builds of the same content are one release.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAXIMUM_BYTES = 2_000_000_000
MAXIMUM_FILES = 50_000
WELL_KNOWN = ".well-known"
"""The one hidden name that is meant to be public (RFC 8615)."""


class SiteError(Exception):
    """The folder cannot be delivered as it is; the text names the folder, the entry and the cause."""


@dataclass(frozen=True, kw_only=True)
class SiteFolder:
    """`files` maps paths inside the site to files here. `manifest` has a line as of sha256sum for each."""

    files: dict[str, Path]
    manifest: str
    size: int
    hidden: tuple[str, ...]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.manifest.encode()).hexdigest()


def read_site(folder: Path) -> SiteFolder:
    """Reads every byte. Hidden entries, such as .env or .git, are left out and listed.

    Raises SiteError for a folder without index.html, one that is too large, and names that do not travel.
    """
    if not folder.is_dir():
        raise SiteError(f"{folder}: no such folder; build the pages first")
    hidden: list[str] = []
    files = dict(sorted(_files(folder, "", folder.resolve(), hidden)))
    if "index.html" not in files:
        raise SiteError(f"{folder}: holds no index.html, which every path falls back to; build the pages first")
    size = sum(path.stat().st_size for path in files.values())
    if len(files) > MAXIMUM_FILES or size > MAXIMUM_BYTES:
        limit = f"{MAXIMUM_FILES} files and {MAXIMUM_BYTES / 1e9:g} GB"
        raise SiteError(f"{folder}: {len(files)} files and {size / 1e9:.1f} GB are more than {limit}")
    manifest = "".join(f"{_digest(path)}  ./{name}\n" for name, path in files.items())
    return SiteFolder(files=files, manifest=manifest, size=size, hidden=tuple(sorted(hidden)))


def _files(folder: Path, prefix: str, root: Path, hidden: list[str]) -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith(".") and entry.name != WELL_KNOWN:
                hidden.append(entry.path)
                continue
            _require_name(path)
            if entry.is_dir(follow_symlinks=False):
                yield from _files(path, f"{prefix}{entry.name}/", root, hidden)
            else:
                yield f"{prefix}{entry.name}", _regular(path, root)


def _require_name(path: Path) -> None:
    name = path.name
    if not name.isprintable() or "\\" in name:
        raise SiteError(f"{path.parent}: the name {name!r} holds a character that no address can hold; rename it")


def _regular(path: Path, root: Path) -> Path:
    """The file itself; of a link, the file that it leads to."""
    try:
        target = path.resolve(strict=True)
        mode = target.stat().st_mode
    except (OSError, RuntimeError) as error:  # before Python 3.13 a loop of links is a RuntimeError
        raise SiteError(f"{path}: {getattr(error, 'strerror', None) or error}; remove it") from None
    if not target.is_relative_to(root):
        raise SiteError(f"{path}: leads out of the folder, to {target}; put a copy in its place")
    if not stat.S_ISREG(mode):
        raise SiteError(f"{path}: is neither a file nor a folder; remove it, or put a copy in its place")
    return target


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
