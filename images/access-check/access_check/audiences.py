"""Which names need a login and to whom an assertion for each is made out: a file that may change while the check runs.

`python -m access_check.audiences FOLDER` tells whether the file in a folder could be used.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = "audiences.json"
log = logging.getLogger("access_check")


class NoAudiences(Exception):
    """There was no file that could be used yet: nothing can be told about any name."""


@dataclass(frozen=True)
class Known:
    """`by_name` maps each name that needs a login to the audience of its Access application."""

    version: str
    by_name: Mapping[str, str]


class Audiences:
    """Looks at each question whether the file is another one.

    One that is gone or damaged changes nothing: the last good one goes on, and before the first nobody is admitted.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: tuple[int, ...] | None = None
        self._known: Known | None = None
        self.usable = False
        """Whether the file, as it was when last looked at, is the one that is used."""

    @property
    def known(self) -> Known:
        """As the file says, or said when it could last be used. Raises NoAudiences."""
        seen = self._look()
        if seen != self._seen:
            self._seen = seen
            self._take()
        if self._known is None:
            raise NoAudiences(f"{self._file} has not told any name yet")
        return self._known

    def _look(self) -> tuple[int, ...]:
        """Another value, another file; empty where there is none."""
        try:
            found = self._file.stat()
        except OSError:
            return ()
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns

    def _take(self) -> None:
        try:
            self._known = read(self._file)
        except ValueError as error:
            self.usable = False
            kept = f"version {self._known.version:.12} goes on" if self._known else "nobody is admitted"
            log.error("%s; %s", error, kept)
        else:
            self.usable = True
            log.info("%d names need a login: version %.12s", len(self._known.by_name), self._known.version)


def read(file: Path) -> Known:
    """Raises ValueError, naming the file, for one that cannot be used."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{file} cannot be read: {error}") from None
    version, names = (found.get("version"), found.get("audiences")) if isinstance(found, dict) else (None, None)
    if not isinstance(version, str) or not isinstance(names, dict):
        raise ValueError(f"{file} must hold a version and audiences: {{NAME: AUDIENCE}}")
    if not all(isinstance(one, str) and one for one in names.values()):
        raise ValueError(f"{file} must map every name to its audience")
    return Known(version, names)


def main() -> int:
    try:
        read(Path(sys.argv[1]) / FILE)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
