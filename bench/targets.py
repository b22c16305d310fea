"""A farm of local HTTP endpoints for benchmarks: `python -m bench.targets COUNT`.

Prints one JSON line, the list of ports on 127.0.0.1, and answers every GET with 200 until its standard input ends,
so it never outlives the process that started it. Written on epoll because its share of the CPU dilutes both arms:
the kernel hands a connection over only once the request is there, so an answer is accept, recv, send, close.
"""

import contextlib
import json
import select
import socket
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
HEADER_WAIT_SECONDS = 5


def listen(count: int) -> dict[int, socket.socket]:
    """Open `count` listening sockets on free loopback ports, keyed by file descriptor."""
    listeners: dict[int, socket.socket] = {}
    for _ in range(count):
        listener = socket.socket()
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, HEADER_WAIT_SECONDS)
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        listener.setblocking(False)
        listeners[listener.fileno()] = listener
    return listeners


def answer(listener: socket.socket) -> None:
    """Serve one connection; a client that went away is its own business."""
    with contextlib.suppress(OSError):
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(HEADER_WAIT_SECONDS)
            connection.recv(65536)
            connection.sendall(ANSWER)
            connection.shutdown(socket.SHUT_WR)


def main() -> None:
    """Serve until standard input ends."""
    listeners = listen(int(sys.argv[1]))
    poll = select.epoll()
    for descriptor in [sys.stdin.fileno(), *listeners]:
        poll.register(descriptor, select.EPOLLIN)
    print(json.dumps([listener.getsockname()[1] for listener in listeners.values()]), flush=True)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor not in listeners:
                return
            answer(listeners[descriptor])


if __name__ == "__main__":
    main()
