"""A scripted HTTP service on a free port of this machine."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from operations.retrieval.remote import Remote, session


@dataclass
class FakeService:
    """`answers` maps a path to (status, body); a list is used up one by one. `seen` holds (path, request body)."""

    answers: dict[str, Any]
    seen: list[tuple[str, Any]] = field(default_factory=list)
    url: str = ""

    def remote(self, service: str = "embed", retries: int = 0) -> Remote:
        return Remote(service, self.url, "scripts/health -s dev", session(retries))

    def answer(self, path: str) -> tuple[int, bytes]:
        found = self.answers.get(path, (404, b"nothing here"))
        status, body = found.pop(0) if isinstance(found, list) else found
        return status, body if isinstance(body, bytes) else json.dumps(body).encode()


@contextmanager
def serving(answers: dict[str, Any]) -> Iterator[FakeService]:
    service = FakeService(answers)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(None)

        def do_POST(self) -> None:
            self.reply(json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def reply(self, body: Any) -> None:
            service.seen.append((self.path, body))
            status, content = service.answer(self.path)
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
