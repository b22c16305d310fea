"""Whatever becomes of connector and origin, a visitor is answered, and never takes a part for the whole."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from simulators.cloudflare.edge.asked import Asked, Passed
from simulators.cloudflare.edge.connectors import Connectors, Stream
from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.edge.forward import forward
from simulators.cloudflare.service import Service
from simulators.http_server import Handler, serving_http
from tests.unit.simulators.edge.zone import KEYS

Play = Callable[[socket.socket], None]
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole"


class Scripted(Connectors):
    """Each stream ends at the next of these plays."""

    def __init__(self) -> None:
        super().__init__()
        self.plays: list[Play] = []
        self.streams: list[Stream] = []

    def open(self, tunnel: str) -> Stream:
        ours, theirs = socket.socketpair()
        threading.Thread(target=self._played, args=(self.plays.pop(0), theirs), daemon=True).start()
        self.streams.append(Stream(ours))
        return self.streams[-1]

    @staticmethod
    def _played(play: Play, theirs: socket.socket) -> None:
        with theirs:
            play(theirs)


@pytest.fixture
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture
def edge(scripted: Scripted, service: Service) -> Edge:
    return Edge(service.account, service.lock, keys=KEYS, connectors=scripted, answer_seconds=30)


@pytest.fixture
def visitor(scripted: Scripted, edge: Edge) -> Iterator[http.client.HTTPConnection]:
    class Front(Handler):
        def handle_any(self) -> None:
            asked = Asked(self.command, self.headers["Host"], self.path, self.client_address[0])
            reply = forward(self, edge, asked, Passed("tunnel", {}))
            if reply and reply.dropped:
                self.close_connection = True
            elif reply:
                self.reply(reply.status, reply.body)

        do_GET = do_POST = handle_any

    with (
        serving_http(Front) as url,
        closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)) as made,
    ):
        yield made
        assert all(stream.done.wait(10) for stream in scripted.streams)


def status(visitor: http.client.HTTPConnection, method: str = "GET", body: bytes | None = None) -> int:
    visitor.request(method, "/", body)
    answer = visitor.getresponse()
    answer.read()
    return answer.status


def leaves(_: socket.socket) -> None:
    """Reads nothing, says nothing, goes."""


def stays(theirs: socket.socket) -> None:
    """Reads until nobody waits any more."""
    while theirs.recv(1 << 16):
        continue


def says(*parts: bytes) -> Play:
    def play(theirs: socket.socket) -> None:
        theirs.recv(1 << 16)
        for part in parts:
            theirs.sendall(part)

    return play


def test_a_connector_that_goes_costs_nothing_where_asking_twice_does_no_harm(
    scripted: Scripted, visitor: http.client.HTTPConnection
) -> None:
    scripted.plays = [leaves, says(WHOLE), leaves, says(WHOLE)]
    assert status(visitor) == 200
    assert status(visitor, "POST", b"x") == 502
    assert len(scripted.plays) == 1


def test_an_origin_that_says_nothing_is_given_up(
    scripted: Scripted, edge: Edge, visitor: http.client.HTTPConnection
) -> None:
    edge.answer_seconds = 0.1
    scripted.plays = [stays]
    assert status(visitor) == 524


@pytest.mark.parametrize(
    "cut",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwho",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nwho\r\n",
    ],
)
def test_an_answer_that_is_cut_off_is_seen_as_such(
    scripted: Scripted, visitor: http.client.HTTPConnection, cut: bytes
) -> None:
    scripted.plays = [says(cut)]
    visitor.request("GET", "/")
    with pytest.raises(http.client.IncompleteRead):
        visitor.getresponse().read()


def test_an_origin_that_refuses_a_large_body_early_is_heard(
    scripted: Scripted, visitor: http.client.HTTPConnection
) -> None:
    scripted.plays = [says(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")]
    assert status(visitor, "POST", b"x" * 10_000) == 413


def test_answers_without_a_length_end_where_they_end(scripted: Scripted, visitor: http.client.HTTPConnection) -> None:
    scripted.plays = [says(b"HTTP/1.1 200 OK\r\n\r\nuntil ", b"the end")]
    visitor.request("GET", "/")
    assert visitor.getresponse().read() == b"until the end"
