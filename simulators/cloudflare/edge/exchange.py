"""One request over a tunnel: sent to a connector, its answer's head read."""

import contextlib
import http.client
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simulators.cloudflare.edge.connectors import Connectors, Stream

HOP_BY_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade",
})  # fmt: skip
Headers = Iterable[tuple[str, str]]


@dataclass
class Exchange:
    """An answer that has begun. `close` gives the stream back, whatever is left of it."""

    stream: Stream
    connection: http.client.HTTPConnection
    response: http.client.HTTPResponse

    def close(self) -> None:
        self.response.close()
        _close(self.stream, self.connection)


def exchanged(
    connectors: Connectors, tunnel: str, head: tuple[str, str, Headers], body: Iterable[bytes] | None, seconds: float
) -> Exchange:
    """`head`: method, target, headers. Raises NoConnector, VisitorGone, OSError or http.client.HTTPException."""
    stream = connectors.open(tunnel)
    connection = http.client.HTTPConnection("tunnel", timeout=seconds)
    connection.sock = stream.socket
    connection.sock.settimeout(seconds)
    try:
        method, target, headers = head
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        # An origin that refuses early answers though it does not read on.
        with contextlib.suppress(BrokenPipeError):
            connection.endheaders(body, encode_chunked=any(name == "Transfer-Encoding" for name, _ in headers))
        return Exchange(stream, connection, connection.getresponse())
    except BaseException:
        _close(stream, connection)
        raise


def _close(stream: Stream, connection: http.client.HTTPConnection) -> None:
    connection.close()
    stream.done.set()


def to_origin(headers: Headers, added: Mapping[str, str], address: str) -> list[tuple[str, str]]:
    """The visitor's headers without those that only the edge may set, and the edge's own."""
    given = [(name, value) for name, value in headers]
    passed = [(name, value) for name, value in given if not _ours(name.lower())]
    before = [value for name, value in given if name.lower() == "x-forwarded-for"]
    lower = {name.lower(): value for name, value in given}
    if "upgrade" in lower:
        passed += [("Connection", "Upgrade"), ("Upgrade", lower["upgrade"])]
    if "transfer-encoding" in lower:
        passed = [*(one for one in passed if one[0].lower() != "content-length"), ("Transfer-Encoding", "chunked")]
    return [
        *passed,
        ("Cf-Connecting-Ip", address),
        ("Cf-Ray", f"{secrets.token_hex(8)}-SIM"),
        ("Cf-Visitor", '{"scheme":"https"}'),
        ("Cdn-Loop", "cloudflare"),
        ("X-Forwarded-For", ", ".join([*before, address])),
        ("X-Forwarded-Proto", "https"),
        *added.items(),
    ]


def _ours(name: str) -> bool:
    return name in HOP_BY_HOP or name.startswith(("cf-", "x-forwarded-for", "x-forwarded-proto")) or name == "cdn-loop"
