"""The body of a visitor's request, piece by piece."""

from collections.abc import Iterator
from email.message import Message
from io import BufferedIOBase

PIECE = 1 << 16
LARGEST = 100 * 1000 * 1000
"""What the real edge's smaller plans take."""


class VisitorGone(Exception):
    """The request does not come to its end."""


def has_body(headers: Message) -> bool:
    return "Transfer-Encoding" in headers or int(headers.get("Content-Length") or 0) > 0


def pieces(headers: Message, stream: BufferedIOBase) -> Iterator[bytes]:
    """Raises VisitorGone when the connection ends before the body does, or holds no body."""
    try:
        if "Transfer-Encoding" in headers:
            while size := int(stream.readline(1000).partition(b";")[0], 16):
                yield from _exactly(stream, size)
                stream.readline(3)
            while stream.readline(1000).strip():
                continue
        else:
            yield from _exactly(stream, int(headers.get("Content-Length") or 0))
    except (OSError, ValueError) as error:
        raise VisitorGone(str(error)) from error


def _exactly(stream: BufferedIOBase, size: int) -> Iterator[bytes]:
    while size:
        piece = stream.read(min(size, PIECE))
        if not piece:
            raise VisitorGone("the connection ended within the body")
        size -= len(piece)
        yield piece
