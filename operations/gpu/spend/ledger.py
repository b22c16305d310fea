"""The file of facts: append-only, locked against other writers, on the disk before anybody relies on it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from operations.failure import Failure
from operations.gpu.small_file import SmallFile
from operations.gpu.spend.fact import Fact
from operations.project import state_folder


class SpendLedger:
    """The facts of one environment. A line that a killed writer left unfinished is taken out, and said so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._looks = SmallFile(path.with_suffix(".looks.json"))

    def facts(self) -> list[Fact]:
        """All facts, in the order in which they were written. Raises Failure for a file that cannot be read."""
        if not self.path.exists():
            return []
        with self._locked() as descriptor:
            return self._read(descriptor)

    def readable(self) -> list[Fact]:
        """The facts, without lines that are none, which are named: for what must go on, such as stopping machines."""
        try:
            return self.facts()
        except (Failure, OSError) as failure:
            print(f"{failure}\n    going on without it", file=sys.stderr, flush=True)
        found: list[Fact] = []
        with contextlib.suppress(OSError):
            for line in self.path.read_bytes().splitlines():
                with contextlib.suppress(ValidationError):
                    found.append(Fact.model_validate_json(line))
        return found

    def append(self, facts: Sequence[Fact]) -> None:
        """Returns when they are on the disk."""
        self.change(lambda _known: facts)

    def change(self, more: Callable[[list[Fact]], Sequence[Fact]]) -> list[Fact]:
        """Appends what `more` makes of the facts so far, with no other writer in between; all facts then."""
        with self._locked() as descriptor:
            known = self._read(descriptor)
            if added := more(known):
                _write(descriptor, b"".join(each.line for each in added))
            return [*known, *added]

    def last_look(self, stack: str) -> int | None:
        """When all of the stack's machines were last looked at, seconds since the epoch; None: never."""
        found = self._looks.read().get(stack)
        return found if isinstance(found, int) else None

    def looked(self, stack: str, at: int) -> None:
        """They have just been looked at, and the facts of it are on the disk."""
        self._looks.change(lambda looks: {**looks, stack: at})

    @contextmanager
    def _locked(self) -> Iterator[int]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = not self.path.exists()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if new:
                _sync_folder(self.path.parent)
            yield descriptor
        finally:
            os.close(descriptor)

    def _read(self, descriptor: int) -> list[Fact]:
        """The facts, with the file in order again: every line of it whole."""
        content = _content(descriptor)
        lines = content.splitlines(keepends=True)
        facts: list[Fact] = []
        for number, line in enumerate(lines, start=1):
            try:
                facts.append(Fact.model_validate_json(line))
            except ValidationError as error:
                if number < len(lines):
                    wrong = error.errors(include_input=False)[0]["msg"]
                    cause = f"{self.path}:{number} is no fact ({wrong})"
                    raise Failure(cause, "take that line out, or put the file back from a copy") from None
                self._cut_off(descriptor, len(content) - len(line), line)
                return facts
        if lines and not content.endswith(b"\n"):
            _write(descriptor, b"\n")
        return facts

    def _cut_off(self, descriptor: int, end: int, line: bytes) -> None:
        shown = line[:200].decode(errors="replace").rstrip()
        print(
            f"{self.path}: its last line was not finished, a writer was killed; it is taken out: {shown!r}",
            file=sys.stderr,
            flush=True,
        )
        os.ftruncate(descriptor, end)
        os.fsync(descriptor)


def ledger_of(environment: str) -> SpendLedger:
    """The ledger of an environment's rented machines, in this checkout."""
    return SpendLedger(state_folder("spend") / f"{environment}.jsonl")


def _content(descriptor: int) -> bytes:
    content = bytearray()
    os.lseek(descriptor, 0, os.SEEK_SET)
    while chunk := os.read(descriptor, 1 << 20):
        content += chunk
    return bytes(content)


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
