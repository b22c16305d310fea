"""Files on their way into a container: as an archive for the engine, and as texts that must not be printed."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from operations.rehearsal.spec import Upload

SHORTEST_SECRET = 6
COVER = "***"


def archive(uploads: Sequence[Upload]) -> bytes:
    """A tar of the files, to be unpacked at the root of the container."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for upload in uploads:
            content = upload.content.encode()
            entry = tarfile.TarInfo(upload.file.lstrip("/"))
            entry.size, entry.mode = len(content), int(upload.permissions, 8)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def secrets_of(uploads: Iterable[Upload], further: Iterable[str]) -> list[str]:
    """Every text to cover, longest first: whole contents, their lines, and the same as they stand in URLs.

    Texts of fewer than six characters are left out: covering them would garble everything and hide nothing.
    """
    texts = {text for upload in uploads for text in (upload.content, *upload.content.splitlines())} | {*further}
    stripped = {text.strip() for text in texts}
    long_enough = {text for text in stripped if len(text) >= SHORTEST_SECRET}
    return sorted(long_enough | {quote(text, safe="") for text in long_enough}, key=len, reverse=True)


def covered(text: str, secrets: Iterable[str]) -> str:
    """The text without any of the secrets."""
    for secret in secrets:
        text = text.replace(secret, COVER)
    return text
