"""One `GET /_ping`, without an HTTP library: it is part of every preview, which needs no other request."""

import socket

from simulators.plugins.docker.address import Dialer

_REQUEST = b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"
_LONGEST_HEAD = 64 * 1024


def ping(dial: Dialer, timeout: float) -> str:
    """The API version that the daemon offers. Raises `OSError` where no daemon answers in time (seconds)."""
    with dial(timeout) as connection:
        connection.sendall(_REQUEST)
        head = _head(connection)
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
    if " 200 " not in f"{status} " or "api-version" not in headers:
        raise ConnectionError(f"what answers is no Docker daemon: {status[:80]!r}")
    return headers["api-version"]


def _head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD:
        received = connection.recv(4096)
        if not received:
            raise ConnectionError("the connection was closed before the daemon answered")
        head += received
    return head.partition(b"\r\n\r\n")[0]
