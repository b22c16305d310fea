"""Makes the archive of an image: saved by its engine, without the layers that are left out, compressed."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import posixpath
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.image_delivery.facts import ImageFacts

SAVE_SECONDS = 1800
ZSTD = ("zstd", "--quiet", "-3", "-T0", "--stdout")


@dataclass(frozen=True, kw_only=True)
class Packing:
    """What is to be packed: `image` of the engine `docker`, without its `left_out` lowest layers."""

    docker: DockerCli
    image: str
    facts: ImageFacts
    left_out: int
    zstd: bool

    @property
    def key(self) -> str:
        """Equal for archives of equal content."""
        return hashlib.sha256(json.dumps([self.facts.identifier, self.image, self.left_out]).encode()).hexdigest()[:32]

    @property
    def suffix(self) -> str:
        return ".tar.zst" if self.zstd else ".tar.gz"

    def pack(self, saved: Path, packed: Path) -> int:
        """Writes `packed`, and `saved` on the way; the bytes that are in it, unpacked. Raises Failure."""
        self.docker.run("save", "--output", str(saved), self.image, timeout=SAVE_SECONDS)
        copied = 0
        with (
            _compressed(packed, zstd=self.zstd) as output,
            tarfile.open(saved) as source,
            tarfile.open(fileobj=output, mode="w|") as target,
        ):
            skipped = without_layers(source, self.left_out)
            for member in source:
                if member.name not in skipped:
                    target.addfile(member, source.extractfile(member) if member.isfile() else None)
                    copied += member.size
        return copied


def without_layers(saved: tarfile.TarFile, left_out: int) -> set[str]:
    """Names of the lowest layers' files, save those that a higher layer of the same content links to."""
    manifest = saved.extractfile("manifest.json")
    assert manifest  # noqa: S101  (a regular file in every archive that `docker save` writes)
    (image,) = json.load(manifest)
    links = {
        member.name: posixpath.normpath(posixpath.join(posixpath.dirname(member.name), member.linkname))
        for member in saved
        if member.issym()
    }
    needed = {name for layer in image["Layers"][left_out:] for name in (layer, links.get(layer, layer))}
    return set(image["Layers"][:left_out]) - needed


@contextlib.contextmanager
def _compressed(path: Path, *, zstd: bool) -> Iterator[IO[bytes]]:
    with path.open("wb") as file:
        if not zstd:
            # Neither name nor time: equal images make equal archives.
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=1, mtime=0) as packed:
                yield cast(IO[bytes], packed)
            return
        with subprocess.Popen(ZSTD, stdin=subprocess.PIPE, stdout=file) as packing:
            assert packing.stdin  # noqa: S101  (it is a pipe)
            yield packing.stdin
        if packing.returncode:
            raise Failure(f"zstd ended with {packing.returncode}", "see the message above")
