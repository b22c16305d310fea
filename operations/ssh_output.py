"""What a remote command says: kept up to a limit, heard line by line, the rest counted and dropped."""

from __future__ import annotations

from collections.abc import Callable

KEPT_BYTES = 1_000_000
LINE_BYTES = 65_536

Hear = Callable[[str], None]


class Output:
    """One stream. Holds at most KEPT_BYTES and the beginning of one line, however much comes."""

    def __init__(self, hear: Hear | None = None, kept_bytes: int = KEPT_BYTES) -> None:
        self.dropped = 0
        self._hear, self._room = hear, kept_bytes
        self._kept: list[bytes] = []
        self._line = b""
        self._passing_over = False

    @property
    def text(self) -> str:
        return b"".join(self._kept).decode(errors="replace")

    def take(self, chunk: bytes) -> None:
        """The next bytes of the stream."""
        kept = chunk[: self._room]
        self._room -= len(kept)
        self.dropped += len(chunk) - len(kept)
        if kept:
            self._kept.append(kept)
        if self._hear:
            self._take_lines(chunk)

    def _take_lines(self, chunk: bytes) -> None:
        """A line longer than LINE_BYTES is passed over: nothing that is read by line is that long."""
        *whole, begun = (self._line + chunk).split(b"\n")
        for line in whole:
            if not self._passing_over and len(line) <= LINE_BYTES and self._hear:
                self._hear(line.decode(errors="replace"))
            self._passing_over = False
        self._passing_over = self._passing_over or len(begun) > LINE_BYTES
        self._line = b"" if self._passing_over else begun
