"""The listener that visitors come to: HTTPS, told apart by host name."""

import contextlib
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from simulators.cloudflare.edge import pages
from simulators.cloudflare.edge.asked import Asked
from simulators.cloudflare.edge.body import LARGEST, VisitorGone, pieces
from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.edge.forward import forward
from simulators.cloudflare.edge.gate import judged
from simulators.http_server import Handler, serving_http
from simulators.reply import Reply

HANDSHAKE_SECONDS = 10.0
LARGEST_FORM = 10_000


class Front(Handler):
    """One connection of a visitor."""

    edge: Edge
    tls: ssl.SSLContext
    timeout = 120

    def setup(self) -> None:
        self.request.settimeout(HANDSHAKE_SECONDS)
        self.request = self.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def handle_expect_100(self) -> bool:
        told = super().handle_expect_100()
        self.wfile.flush()
        return told

    def handle_any(self) -> None:
        self.connection.settimeout(self.timeout)
        try:
            reply = self._answered()
            if reply is not None:
                self._send(reply)
        except (OSError, VisitorGone):
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any

    def _answered(self) -> Reply | None:
        """None: the answer is sent already."""
        length = self.headers.get("Content-Length") or "0"
        if not self.headers.get("Host") or not length.isdecimal():
            self.close_connection = True
            return pages.error(400, 400, "Bad request", "A host name and a length are needed.")
        if int(length) > LARGEST:
            self.close_connection = True
            return pages.error(413, 413, "Payload too large", f"At most {LARGEST} bytes.")
        asked = self._asked()
        outcome = judged(self.edge, asked)
        if not isinstance(outcome, Reply):
            return forward(self, self.edge, asked, outcome)
        if asked.name != self.edge.team_host:
            for _ in pieces(self.headers, self.rfile):
                continue  # unread, it would cost the visitor the answer
        return outcome

    def _asked(self) -> Asked:
        asked = Asked(
            self.command, self.headers["Host"], self.path, self.client_address[0],
            {name.lower(): value for name, value in self.headers.items()},
        )  # fmt: skip
        if asked.name != self.edge.team_host:
            return asked
        raw = b"".join(pieces(self.headers, self.rfile))[:LARGEST_FORM]
        form = dict(parse_qsl(raw.decode(errors="replace")))
        return Asked(asked.method, asked.host, asked.target, asked.address, asked.headers, form)

    def _send(self, reply: Reply) -> None:
        if reply.dropped:
            self.close_connection = True
            return
        self.send_response_only(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)


@contextlib.contextmanager
def serving_visitors(edge: Edge, tls: ssl.SSLContext, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serves as long as the block runs; gives the URL, whose host is no name of the zone."""
    bound: dict[str, Any] = {"edge": edge, "tls": tls}
    with serving_http(type("Bound", (Front,), bound), host, port) as url:
        yield url.replace("http://", "https://")
