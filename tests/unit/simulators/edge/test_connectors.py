"""Requests take turns on the connectors that are there; one that does not answer is asked no more."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from simulators.cloudflare.edge import connectors
from simulators.cloudflare.edge.connectors import Connectors, Link, NoConnector, Stream

Join = Callable[[Connectors, str], tuple[Link, socket.socket]]


@pytest.fixture
def joined() -> Iterator[Join]:
    """Gives a link, and the connector's end of it."""
    with ExitStack() as stack:

        def join(them: Connectors, connector: str) -> tuple[Link, socket.socket]:
            ours, theirs = map(stack.enter_context, socket.socketpair())
            link = Link("tunnel", connector, ours)
            them.join(link)
            return link, theirs

        yield join


def answer(them: Connectors, theirs: socket.socket, stream: Stream) -> None:
    """Opens the one stream that is asked for."""
    asked = json.loads(theirs.recv(1000))["stream"]
    assert them.arrived(asked, stream)


def test_a_silent_connector_loses_all_its_links_and_the_next_is_asked(
    joined: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connectors, "OPEN_SECONDS", 1.0)
    them, stream = Connectors(), Stream(socket.socket())
    silent = [joined(them, "silent")[0] for _ in range(2)]
    link, theirs = joined(them, "well")
    thread = threading.Thread(target=answer, args=(them, theirs, stream))
    thread.start()
    assert them.open("tunnel") is stream
    thread.join()
    assert [them.serving(each) for each in (*silent, link)] == [False, False, True]
    stream.socket.close()


def test_a_broken_link_is_passed_over_and_without_any_nobody_is_asked(joined: Join) -> None:
    them = Connectors()
    link, theirs = joined(them, "gone")
    theirs.close()
    link.socket.close()
    with pytest.raises(NoConnector):
        them.open("tunnel")
    assert not them.serving(link)


def test_streams_that_nobody_asked_for_are_not_taken() -> None:
    with socket.socket() as stranger:
        assert not Connectors().arrived("guessed", Stream(stranger))
