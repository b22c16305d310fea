"""A scripted HTTP service on a free port of this machine."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from operations.retrieval.remote import Remote, session
from simulators.http_server import Handler, serving_http


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

    class ScriptedHandler(Handler):
        def do_GET(self) -> None:
            self.tell(None)

        def do_POST(self) -> None:
            self.tell(json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def tell(self, body: Any) -> None:
            service.seen.append((self.path, body))
            self.reply(*service.answer(self.path))

    with serving_http(ScriptedHandler) as service.url:
        yield service
