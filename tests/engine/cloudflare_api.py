"""A small Cloudflare API that stores what it is sent, counts calls and can answer with faults first."""

import contextlib
import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "t" * 40
TUNNEL_TOKEN = "tunnel-token"


class CloudflareApi:
    """The stored things by path, the calls so far, and faults (status, headers) to answer with before all else."""

    def __init__(self) -> None:
        self.things: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.faults: list[tuple[int, dict[str, str]]] = []
        self.url = ""

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and result of one call."""
        if path.endswith("/token"):
            return 200, TUNNEL_TOKEN
        if method == "POST":
            identifier = uuid.uuid4().hex
            secret = {"client_secret": "from-create"} if "service_tokens" in path else {}
            self.things[f"{path}/{identifier}"] = {**body, "id": identifier, "version": 1, "aud": "a"}
            return 200, {**self.things[f"{path}/{identifier}"], **secret}
        if method == "PUT" and path.endswith("/configurations"):
            self.things[path] = body
        if path not in self.things:
            return 404, None
        if method in ("PUT", "PATCH"):
            self.things[path].update(body)
        return 200, self.things.pop(path) if method == "DELETE" else self.things[path]


@contextlib.contextmanager
def running_api() -> Iterator[CloudflareApi]:
    """Serves one API on a free port of 127.0.0.1."""
    api = CloudflareApi()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            api.calls.append(f"{self.command} {self.path}")
            headers: dict[str, str] = {}
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                status, result = 403, None
            elif api.faults:
                (status, headers), result = api.faults.pop(0), None
            else:
                status, result = api.answer(self.command, self.path.lstrip("/"), json.loads(body or b"{}"))
            errors = [] if status == 200 else [{"code": 1000 + status, "message": "refused"}]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps({"success": not errors, "errors": errors, "result": result}).encode())

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
