"""A TCP line to a port of this machine that breaks when a test says so."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

PIECE = 1 << 16


@dataclass
class Line:
    """Listens on `port`. `cut_after`: so many further bytes go to the other end, then every connection breaks."""

    target: int
    cut_after: int | None = None
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _open: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        """Until the listener is closed."""
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target), timeout=10)
                far.settimeout(None)
                self._open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                if self.cut_after is not None:
                    self.cut_after -= len(piece)
                    if self.cut_after < 0:
                        self.cut()
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """Breaks what is connected; who comes later is let through."""
        while self._open:
            with contextlib.suppress(OSError), self._open.pop() as broken:
                broken.shutdown(socket.SHUT_RDWR)
        self.cut_after = None


@contextlib.contextmanager
def line_to(target: int) -> Iterator[Line]:
    line = Line(target)
    served = threading.Thread(target=line.serve, daemon=True)
    served.start()
    try:
        yield line
    finally:
        with line.listener as listener:
            listener.shutdown(socket.SHUT_RDWR)
            served.join()
        line.cut()
