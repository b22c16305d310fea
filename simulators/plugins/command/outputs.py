"""Collects what a running command says, and passes its lines on while it runs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

CHUNK = 65536
Read = Callable[[int], Awaitable[bytes]]
Show = Callable[[str], None]
LOGGED = {
    None: ("stdout", "stderr"),
    "stdoutAndStderr": ("stdout", "stderr"),
    "stdout": ("stdout",),
    "stderr": ("stderr",),
    "none": (),
}


@dataclass
class Outputs:
    """Both outputs of one command, and both together in the order in which they came."""

    show: Show
    logging: str | None
    together: bytearray = field(default_factory=bytearray)
    _apart: dict[str, bytearray] = field(default_factory=dict)

    async def collect(self, name: str, read: Read) -> None:
        """Reads the output `name` (`stdout` or `stderr`) to its end; lines may have any length."""
        kept = self._apart.setdefault(name, bytearray())
        line = bytearray()
        while chunk := await read(CHUNK):
            kept += chunk
            self.together += chunk
            *complete, rest = (bytes(line) + chunk).split(b"\n")
            line = bytearray(rest)
            self._show(name, complete)
        self._show(name, [bytes(line)] if line else [])

    def text(self, name: str) -> str:
        """The whole output without its last line end, as the official plugin records it."""
        return _text(self._apart.get(name, bytearray())).removesuffix("\n")

    def everything(self) -> str:
        """Both outputs in the order in which they came, for error messages."""
        return _text(self.together)

    def _show(self, name: str, lines: list[bytes]) -> None:
        if name in LOGGED[self.logging]:
            for line in lines:
                self.show(_text(line))


def _text(raw: bytes | bytearray) -> str:
    return raw.decode(errors="replace")
