"""The connectors that have dialed in, and the streams that they open when a request is there for them."""

import json
import queue
import secrets
import socket
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OPEN_SECONDS = 5.0


class NoConnector(Exception):
    """Nobody of the tunnel answers."""


@dataclass
class Stream:
    """A connection that a connector opened to be asked one thing. `done` is set when it is no longer needed."""

    socket: socket.socket
    done: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False)
class Link:
    """One of a connector's four connections, over which it is told what to do."""

    tunnel: str
    connector: str
    socket: socket.socket
    lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, order: Mapping[str, Any]) -> None:
        """Raises OSError."""
        with self.lock:
            self.socket.sendall(json.dumps(order).encode() + b"\n")


class Connectors:
    """Links by tunnel. Requests take turns on them; a connector that does not answer has none any more."""

    def __init__(self) -> None:
        self._links: dict[str, list[Link]] = defaultdict(list)
        self._awaited: dict[str, queue.SimpleQueue[Stream]] = {}
        self._lock = threading.Lock()

    def join(self, link: Link) -> None:
        with self._lock:
            self._links[link.tunnel].append(link)

    def leave(self, link: Link) -> None:
        """Is asked nothing any more. What it was asked goes on."""
        with self._lock:
            if link in self._links[link.tunnel]:
                self._links[link.tunnel].remove(link)

    def close(self) -> None:
        """Ends all links, as a restart of the edge does."""
        with self._lock:
            self._links.clear()

    def serving(self, link: Link) -> bool:
        return link in self._links[link.tunnel]

    def open(self, tunnel: str) -> Stream:
        """A stream of one of the tunnel's connectors. Raises NoConnector."""
        while True:
            link = self._next(tunnel)
            identifier, arrived = secrets.token_hex(16), queue.SimpleQueue[Stream]()
            self._awaited[identifier] = arrived
            try:
                link.say({"stream": identifier})
                return arrived.get(timeout=OPEN_SECONDS)
            except (OSError, queue.Empty):
                if self._awaited.pop(identifier, None) is None:
                    return arrived.get()  # it came at the last moment
                self._forget(link)

    def arrived(self, identifier: str, stream: Stream) -> bool:
        """A connector has opened the stream that it was asked for; false if nobody waits for it."""
        arrived = self._awaited.pop(identifier, None)
        if arrived is not None:
            arrived.put(stream)
        return arrived is not None

    def _next(self, tunnel: str) -> Link:
        with self._lock:
            links = self._links[tunnel]
            if not links:
                raise NoConnector(tunnel)
            links.append(links.pop(0))
            return links[-1]

    def _forget(self, silent: Link) -> None:
        """All links of a connector that does not answer."""
        with self._lock:
            links = self._links[silent.tunnel]
            links[:] = [link for link in links if link.connector != silent.connector]
