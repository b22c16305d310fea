"""The listener that connectors dial: links, streams, and the team's certificates in plain HTTP.

GET /connection           Authorization: Bearer <tunnel token>; becomes a link, lines of JSON both ways
GET /stream/<identifier>  a stream that was asked for on a link; from then on the edge asks over it
GET /cdn-cgi/access/certs the team's public keys
"""

import contextlib
import selectors
import time
import uuid
from collections.abc import Iterator
from typing import Any

from simulators.cloudflare import tunnels
from simulators.cloudflare.account import Document
from simulators.cloudflare.edge.connectors import Link, Stream
from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.edge.login import CERTIFICATES
from simulators.cloudflare.refusal import Refusal
from simulators.http_server import Handler, serving_http
from simulators.reply import Reply

LOOK_SECONDS, BEAT_SECONDS, SILENCE_SECONDS = 0.1, 2.0, 10.0
NOTHING_YET: Document = {"version": 0, "config": {"ingress": []}}


class Door(Handler):
    """One connection of a connector, for as long as it lasts."""

    edge: Edge

    def do_GET(self) -> None:
        self.close_connection = True
        if self.path == CERTIFICATES:
            reply = Reply.json(self.edge.keys.published())
            self.reply(reply.status, reply.body, **reply.headers)
        elif self.path == "/connection":
            self._link()
        elif self.path.startswith("/stream/"):
            self._stream(self.path.removeprefix("/stream/"))
        else:
            self.reply(404, b"no such path of the edge\n")

    def _stream(self, identifier: str) -> None:
        stream = Stream(self.connection)
        self._switch()
        if self.edge.connectors.arrived(identifier, stream):
            stream.done.wait()

    def _link(self) -> None:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        connector = self.headers.get("Connector-Id", "")
        connection = {"client_id": connector, "client_version": self.headers.get("Connector-Version", "")}
        identifier = str(uuid.uuid4())
        try:
            with self.edge.lock:
                tunnel = tunnels.connect(self.edge.account, token, identifier, self.client_address[0], connection)
        except Refusal as refusal:
            self.reply(refusal.status, refusal.message.encode())
            return
        self._switch()
        link = Link(tunnel, connector, self.connection)
        self.edge.connectors.join(link)
        try:
            with contextlib.suppress(OSError):
                self._attend(link, identifier)
        finally:
            self.edge.connectors.leave(link)
            with self.edge.lock:
                self.edge.account.connectors.get(tunnel, {}).pop(identifier, None)

    def _attend(self, link: Link, identifier: str) -> None:
        """Tells of each change of the configuration, until one side goes."""
        version, said, heard = -1, 0.0, time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self.connection, selectors.EVENT_READ)
            while time.monotonic() - heard < SILENCE_SECONDS and self.edge.connectors.serving(link):
                with self.edge.lock:
                    known = identifier in self.edge.account.connectors.get(link.tunnel, {})
                    present = self.edge.account.configurations.get(link.tunnel, NOTHING_YET)
                if not known:
                    return
                if present["version"] != version:
                    version = present["version"]
                    link.say({"version": version, "config": present["config"]})
                elif time.monotonic() - said > BEAT_SECONDS:
                    said = time.monotonic()
                    link.say({})
                if selector.select(LOOK_SECONDS):
                    answer = self.connection.recv(4096)
                    if not answer or b"leaving" in answer:
                        return
                    heard = time.monotonic()

    def _switch(self) -> None:
        self.send_response_only(101)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", self.headers.get("Upgrade", ""))
        self.end_headers()
        self.wfile.flush()


@contextlib.contextmanager
def serving_connectors(edge: Edge, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serves as long as the block runs; gives the URL."""
    bound: dict[str, Any] = {"edge": edge}
    with serving_http(type("Bound", (Door,), bound), host, port) as url:
        try:
            yield url
        finally:
            edge.connectors.close()
