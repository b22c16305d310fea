"""Blobs on their way into a backup, with progress lines and a look at the room that is left."""

from __future__ import annotations

import contextlib
import hashlib
import io
import shutil
import sys
from collections.abc import Iterator
from typing import IO

from operations.failure import Failure
from operations.model_archive import Archive, Opener
from operations.model_progress import progress_lines
from operations.ollama.manifest import Blob


class Transfer:
    """Into one archive. Raises Failure at once where `size_bytes` do not fit on its disk."""

    def __init__(self, archive: Archive, size_bytes: int) -> None:
        self._archive = archive
        free = shutil.disk_usage(archive.folder).free
        if size_bytes > free:
            cause = f"{archive.folder} has {free / 1e9:.1f} GB left, and {size_bytes / 1e9:.1f} GB are to come"
            raise Failure(cause, "make room, or name a folder on another disk: --to DIR")

    def fetch(self, label: str, blob: Blob, opened: Opener) -> None:
        """One blob, unless it is there and whole. Raises Failure when it is damaged where it comes from."""
        try:
            new = self._archive.keep(blob.sha256, opened, progress_lines(label, blob.size))
        except Failure as failure:
            cause, _, remedy = str(failure).partition("\n    -> ")
            raise Failure(f"{label}: {cause}", remedy) from None
        print(f"{label}: {blob.digest[:19]} {'saved' if new else 'is there'}", file=sys.stderr, flush=True)

    def keep_bytes(self, digest: str, content: bytes) -> None:
        """A small file that is in memory already."""

        @contextlib.contextmanager
        def opened(offset: int) -> Iterator[IO[bytes]]:
            yield io.BytesIO(content[offset:])

        assert hashlib.sha256(content).hexdigest() == digest  # noqa: S101  (ModelStore.manifest has looked)
        self._archive.keep(digest, opened, lambda _: None)
