"""Serves a simulated account over HTTP, below `/client/v4` as the real one."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from simulators.cloudflare.control import PREFIX, control
from simulators.cloudflare.service import Service
from simulators.tensordock.reply import Request

BASE = "/client/v4"


class Server(ThreadingHTTPServer):
    """One thread a call; a client that is killed in the middle is no news."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Says nothing."""


class Handler(BaseHTTPRequestHandler):
    """Hands calls to the service."""

    protocol_version = "HTTP/1.1"
    # Head and body in one packet: else the caller's delayed acknowledgement costs 40 ms.
    wbufsize = 1 << 16
    service: Service

    def handle_any(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, _query = self.path.partition("?")
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        request = Request(self.command, path.removeprefix(BASE), token, json.loads(raw) if raw else None)
        reply = control(self.service, request) if path.startswith(PREFIX) else self.service.answer(request)
        if reply.dropped:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def log_message(self, *_: object) -> None:
        """The ledger tells."""


@contextlib.contextmanager
def serving(service: Service, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serves from a thread as long as the block runs; gives the base URL of the API."""
    with Server((host, port), type("Bound", (Handler,), {"service": service})) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://{host}:{server.server_port}{BASE}"
        finally:
            server.shutdown()
            thread.join()
