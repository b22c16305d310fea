"""An embed service whose vectors are digests of model and text, so that anybody can tell what was embedded by whom."""

import hashlib
import http.server
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Refusal = tuple[int, dict[str, str], str]


def vector_of(model: str, text: str, dimension: int) -> list[float]:
    """Numbers between -1 and 1 that half precision holds exactly."""
    raw = b"".join(
        hashlib.sha256(f"{model}\n{number}\n{text}".encode()).digest() for number in range(dimension // 32 + 1)
    )
    return [(byte - 128) / 128 for byte in raw[:dimension]]


@dataclass
class EmbedService:
    """`seconds` is what a request takes; `refuse` may answer texts with status, headers and body instead."""

    model: str = "new"
    dimension: int = 16
    health_dimension: int | None = None
    seconds: float = 0.0
    refuse: Callable[[list[str]], Refusal | None] = lambda texts: None
    after: Callable[[int], None] = lambda requests: None
    url: str = ""
    requests: int = 0
    embedded: Counter[str] = field(default_factory=Counter)

    def health(self) -> dict[str, Any]:
        return {"status": "ok", "model": self.model, "dimension": self.health_dimension or self.dimension}

    def embed(self, texts: list[str]) -> Refusal | dict[str, Any]:
        time.sleep(self.seconds)
        if refusal := self.refuse(texts):
            return refusal
        self.embedded.update(texts)
        self.requests += 1
        vectors = [vector_of(self.model, text, self.dimension) for text in texts]
        self.after(self.requests)
        return {"dimension": self.dimension, "latency_ms": 1.0, "embedding": vectors}


@contextmanager
def embedding(service: EmbedService) -> Iterator[EmbedService]:
    """Serves it on a free port of this machine."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one packet: else the caller's delayed acknowledgement costs 40 ms.
        wbufsize = 1 << 16

        def do_GET(self) -> None:
            self.reply(200, {}, json.dumps(service.health()))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answer = service.embed(body["text"])
            self.reply(*answer) if isinstance(answer, tuple) else self.reply(200, {}, json.dumps(answer))

        def reply(self, status: int, headers: dict[str, str], text: str) -> None:
            content = text.encode()
            try:
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):
                # The caller was killed, as the test meant it to be.
                self.close_connection = True

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            return

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A connection that ends in the middle is no news."""

    with Server(("127.0.0.1", 0), Handler) as server:
        service.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
