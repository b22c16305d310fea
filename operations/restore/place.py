"""Where files are restored to, whatever it is: a volume of an engine, or a folder of a Mac."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Protocol

from operations.backup.archive import members, tar_onto
from operations.backup.read_back import digest_of
from operations.failure import Failure
from operations.ollama.deadline import Deadline
from operations.restore.restored import Restored


class Reader(Protocol):
    """What a member of an archive is read from."""

    def read(self, size: int = -1) -> bytes: ...


class Waiting(Restored, Protocol):
    """Restored data under a name of its own, beside the live data."""

    @property
    def name(self) -> str: ...


class Place(Protocol):
    """Holds the data of one service. All methods raise Failure where the place cannot be reached."""

    @property
    def service(self) -> str: ...

    @property
    def deadline(self) -> Deadline: ...

    def beside(self, volume: str) -> Waiting:
        """Something empty beside the live data; `volume` is where that lay when it was saved."""
        ...

    def unpack(self, name: str) -> subprocess.Popen[bytes]:
        """Takes a tar archive on its standard input, with owners and rights where the place knows them."""
        ...

    def pack(self, name: str) -> subprocess.Popen[bytes]:
        """Gives all that is there as a tar archive."""
        ...

    def look(self, name: str, program: str, file: str) -> tuple[int, str]:
        """Exit status and words of a program of the service that reads a file there."""
        ...


def fill(place: Place, name: str, given: Iterator[tuple[tarfile.TarInfo, Reader]]) -> None:
    """Puts members there. Raises Failure where that did not end well."""
    with ExitStack() as stack:
        process = stack.enter_context(place.unpack(name))
        assert process.stdin and process.stderr  # noqa: S101  (both are pipes)
        try:
            with process.stdin as stdin, tar_onto(stdin) as tar:
                for info, content in given:
                    tar.addfile(info, content)
        except BrokenPipeError:
            pass
        except BaseException:
            process.kill()
            raise
        said = process.stderr.read().decode(errors="replace").strip()
        if process.wait(timeout=place.deadline.left(name)):
            raise Failure(f"{name}: {said or 'tar did not end well'}", "is the disk full?")


def require_held(place: Place, name: str, wanted: dict[str, str]) -> None:
    """Reads it back. Raises Failure where it does not hold exactly the files with these digests."""
    with place.pack(name) as process:
        assert process.stdout  # noqa: S101  (it is a pipe)
        found, links = _read(process.stdout)
    # Which of several names of a file is the file, and which are links to it, depends on the order of the folder.
    differing = sorted(path for path, digest in wanted.items() if (found | links).get(path) != digest)
    differing += sorted(found.keys() - wanted.keys()) if len(found) != len(wanted) else []
    if differing:
        cause = f"{name} differs from what was saved: {', '.join(differing[:5])}; the live data was not touched"
        raise Failure(cause, "use another backup")


def _read(stream: IO[bytes]) -> tuple[dict[str, str], dict[str, str]]:
    """Digests by path: of files, and of further names of them."""
    found: dict[str, str] = {}
    links: dict[str, str] = {}
    for info, content in members(stream):
        path = info.name.removeprefix("./")
        if info.isreg():
            found[path] = digest_of(content)
        elif info.islnk():
            links[path] = found.get(info.linkname.removeprefix("./"), "")
    return found, links
