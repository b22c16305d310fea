"""Carries a request that has passed to the origin, and the answer back as it comes."""

import http.client
from http.server import BaseHTTPRequestHandler

from simulators.cloudflare.edge import pages
from simulators.cloudflare.edge.asked import Asked, Passed
from simulators.cloudflare.edge.body import PIECE, VisitorGone, has_body, pieces
from simulators.cloudflare.edge.connectors import NoConnector
from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.edge.exchange import HOP_BY_HOP, Exchange, exchanged, to_origin
from simulators.cloudflare.edge.pipe import pipe
from simulators.reply import DROPPED, Reply

REPEATED = frozenset({"GET", "HEAD", "OPTIONS"})


def forward(handler: BaseHTTPRequestHandler, edge: Edge, asked: Asked, passed: Passed) -> Reply | None:
    """Answers through the handler; where no answer has begun, gives the one that the edge itself has."""
    attempts = 2 if asked.method in REPEATED and not has_body(handler.headers) else 1
    for attempt in range(attempts):
        try:
            exchange = _begun(handler, edge, asked, passed)
            break
        except NoConnector:
            return pages.error(530, 1033, "Cloudflare Tunnel error", "No connector of the tunnel is connected.")
        except VisitorGone:
            return DROPPED
        except TimeoutError:
            said = f"The origin said nothing for {edge.answer_seconds:.0f} s."
            return pages.error(524, 524, "A timeout occurred", said)
        except (OSError, http.client.HTTPException, ValueError):
            if attempt + 1 == attempts:
                return pages.error(502, 502, "Bad gateway", "The connector went before the origin answered.")
    try:
        _relayed(handler, exchange, edge.answer_seconds)
    except (OSError, http.client.HTTPException):
        return DROPPED  # the visitor sees that the answer is not whole
    finally:
        exchange.close()
    return None


def _begun(handler: BaseHTTPRequestHandler, edge: Edge, asked: Asked, passed: Passed) -> Exchange:
    body = pieces(handler.headers, handler.rfile) if has_body(handler.headers) else None
    head = asked.method, asked.target, to_origin(handler.headers.items(), passed.headers, asked.address)
    return exchanged(edge.connectors, passed.tunnel, head, body, edge.answer_seconds)


def _relayed(handler: BaseHTTPRequestHandler, exchange: Exchange, seconds: float) -> None:
    response = exchange.response
    handler.send_response_only(response.status, response.reason)
    for name, value in response.getheaders():
        if name.lower() not in HOP_BY_HOP:
            handler.send_header(name, value)
    if response.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
        _switched(handler, exchange, seconds)
        return
    empty = handler.command == "HEAD" or response.status in (204, 304)
    chunked = response.length is None and not empty and handler.request_version == "HTTP/1.1"
    if response.length is None and not chunked and not empty:
        handler.close_connection = True
    if chunked:
        handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.flush()
    while not empty and (piece := response.read1(PIECE)):
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        handler.wfile.flush()
    if not empty and response.length:
        raise ConnectionError(f"{response.length} bytes of the answer are missing")
    if chunked:
        handler.wfile.write(b"0\r\n\r\n")


def _switched(handler: BaseHTTPRequestHandler, exchange: Exchange, seconds: float) -> None:
    """From here on both sides speak a protocol of their own."""
    handler.close_connection = True
    handler.send_header("Connection", "Upgrade")
    handler.send_header("Upgrade", exchange.response.getheader("Upgrade", "websocket"))
    handler.end_headers()
    origin = exchange.stream.socket
    origin.setblocking(False)
    handler.wfile.write(exchange.response.fp.peek(0))  # what came right behind the head
    handler.wfile.flush()
    origin.settimeout(seconds)
    pipe(handler.connection, origin, seconds)
