"""The one stream that a backup is: a tar archive, each file hashed as it passes."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from typing import IO

from operations.backup.manifest import SavedFile
from operations.failure import Failure

CHUNK = 1 << 20


class _Counted(io.RawIOBase):
    """The stream with a position, as tarfile wants it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._position = stream, 0

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._stream.write(data)
        self._position += len(data)
        return len(data)

    def tell(self) -> int:
        return self._position


class Hashed:
    """A source that hashes what is read from it."""

    def __init__(self, source: IO[bytes] | Content) -> None:
        self._source, self._sha256 = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._sha256.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()


def tar_onto(stream: IO[bytes]) -> tarfile.TarFile:
    """A new archive, written to a pipe as its members are added. In large pieces: tarfile's own of 16 KiB take long."""
    return tarfile.TarFile(fileobj=_Counted(stream), mode="w", format=tarfile.PAX_FORMAT, copybufsize=CHUNK)


class ArchiveWriter:
    """Adds files below one folder after the other; `files` are those of the present one."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._tar = tar_onto(stream)
        self._folder = ""
        self.files: list[SavedFile] = []

    def begin(self, folder: str) -> None:
        """What comes now lies in `folder`."""
        self._folder, self.files = folder, []

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, len(content), io.BytesIO(content))

    def add(self, name: str, size: int, source: IO[bytes]) -> None:
        """A file of exactly that size. Raises Failure for a source that ends before."""
        info = tarfile.TarInfo(f"{self._folder}/{name}")
        info.size = size
        self._add(info, source)

    def add_tar(self, stream: IO[bytes]) -> None:
        """All members of another archive, with their owners and rights, without their times: equal data stays equal."""
        with tarfile.open(fileobj=stream, mode="r|", bufsize=CHUNK) as tar:
            for member in tar:
                member.name = f"{self._folder}/{member.name.removeprefix('./')}"
                if member.islnk():
                    member.linkname = f"{self._folder}/{member.linkname.removeprefix('./')}"
                member.mtime, member.pax_headers = 0, {}
                self._add(member, tar.extractfile(member) if member.isreg() else None)

    def finish(self) -> None:
        self._tar.close()

    def _add(self, info: tarfile.TarInfo, source: IO[bytes] | None) -> None:
        hashed = Hashed(source or io.BytesIO())
        try:
            self._tar.addfile(info, hashed)
        except OSError as error:
            if str(error) != "unexpected end of data":
                raise
            raise Failure(f"{info.name} ended before its {info.size} bytes had come", "run the backup again") from None
        if info.isreg():
            self.files.append(SavedFile(path=info.name, size=info.size, sha256=hashed.sha256))


class Content:
    """What a member holds; nothing for one that is no file."""

    def __init__(self, source: IO[bytes] | None) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        """Raises Failure where the archive ends before the member does."""
        try:
            return self._source.read(size) if self._source else b""
        except tarfile.TarError as error:
            raise _cut_off(error) from None


def members(stream: IO[bytes]) -> Iterator[tuple[tarfile.TarInfo, Content]]:
    """Each member with its content, in turn. Raises Failure for what is no archive, or is cut off."""
    try:
        with tarfile.open(fileobj=stream, mode="r|", bufsize=CHUNK) as tar:
            for member in tar:
                if member.isreg():  # a key of a store may end with a slash, which tarfile takes off
                    member.name = member.pax_headers.get("path", member.name)
                member.pax_headers = {}  # a name in there would win over one that is given later
                yield member, Content(tar.extractfile(member) if member.isreg() else None)
    except tarfile.TarError as error:
        raise _cut_off(error) from None


def _cut_off(error: tarfile.TarError) -> Failure:
    return Failure(f"the archive is damaged or cut off: {error}", "use another backup")
