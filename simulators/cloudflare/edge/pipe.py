"""Carries bytes between two connections both ways, for protocols that took over from HTTP."""

import selectors
import socket
import ssl

PIECE = 1 << 16


def pipe(visitor: socket.socket, origin: socket.socket, seconds: float) -> None:
    """Until one side ends or nobody says anything for so long. Raises OSError when a side breaks."""
    with selectors.DefaultSelector() as selector:
        selector.register(visitor, selectors.EVENT_READ, origin)
        selector.register(origin, selectors.EVENT_READ, visitor)
        while ready := selector.select(seconds):
            for key, _ in ready:
                source = key.fileobj
                assert isinstance(source, socket.socket)  # noqa: S101 - nothing else was registered
                if not _carry(source, key.data):
                    return


def _carry(source: socket.socket, target: socket.socket) -> bool:
    """All that is there; false when the source has ended."""
    while True:
        try:
            piece = source.recv(PIECE)
        except ssl.SSLWantReadError:
            return True
        if not piece:
            return False
        target.sendall(piece)
        # What TLS has decrypted already wakes no selector.
        if not isinstance(source, ssl.SSLSocket) or not source.pending():
            return True
