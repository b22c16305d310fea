"""Serves a simulated account over HTTP, below `/client/v4` as the real one."""

import contextlib
import json
from collections.abc import Iterator

from simulators.cloudflare.control import PREFIX, control
from simulators.cloudflare.refusal import invalid
from simulators.cloudflare.service import Service, refused
from simulators.http_server import Handler, serving_http
from simulators.reply import Request

BASE = "/client/v4"


class CloudflareHandler(Handler):
    """Hands calls to the service."""

    service: Service

    def handle_any(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, _query = self.path.partition("?")
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        try:
            request = Request(self.command, path.removeprefix(BASE), token, json.loads(raw) if raw else None)
        except (ValueError, RecursionError) as error:
            reply = refused(invalid(f"the body is no JSON: {error}"))
        else:
            reply = control(self.service, request) if path.startswith(PREFIX) else self.service.answer(request)
        if reply.dropped:
            self.close_connection = True
            return
        self.reply(reply.status, reply.body, **reply.headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any


@contextlib.contextmanager
def serving(service: Service, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serves as long as the block runs; gives the base URL of the API."""
    with serving_http(type("Bound", (CloudflareHandler,), {"service": service}), host, port) as url:
        yield f"{url}{BASE}"
