"""A server that speaks Ollama's protocol for managing models, and fails as it is told to."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from simulators.http_server import Handler, serving_http

CUT = "cut"
"""A step of a pull: the connection is closed in the middle of the answer."""
LAYER = f"sha256:{'a' * 64}"
SUCCESS = {"status": "success"}


def part(completed: int) -> dict[str, Any]:
    """The record of a running download."""
    return {"status": "pulling aaaaaaaaaaaa", "digest": LAYER, "total": 100, "completed": completed}


@dataclass
class FakeOllama:
    """`held`: digests by name. `pulls`: a list of steps for each pull: records, CUT, or seconds of silence."""

    held: dict[str, str] = field(default_factory=dict)
    pulls: list[list[Any]] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    pulled_digest: str = "d" * 64
    orders: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    url: str = ""


class OllamaHandler(Handler):
    ollama: FakeOllama

    def do_GET(self) -> None:
        models = [{"name": name, "digest": digest, "size": 5_000_000} for name, digest in self.ollama.held.items()]
        self._answer(200, {"models": models})

    def do_POST(self) -> None:
        model = self._model()
        if self.path == "/api/pull":
            self._pull(model)
        elif model in self.ollama.held and model not in self.ollama.unreadable:
            self._answer(200, {"modelfile": f"FROM {model}"})
        else:
            self._answer(404, {"error": f"model '{model}' not found"})

    def do_DELETE(self) -> None:
        model = self._model()
        self.ollama.removed.append(model)
        del self.ollama.held[model]
        self._answer(200, {})

    def _pull(self, model: str) -> None:
        self.ollama.orders.append(model)
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for step in self.ollama.pulls.pop(0):
            if step == CUT:
                self.close_connection = True
                return
            if isinstance(step, float):
                time.sleep(step)
                continue
            if step == SUCCESS:
                self.ollama.held[model] = self.ollama.pulled_digest
            line = json.dumps(step).encode() + b"\n"
            self.wfile.write(b"%x\r\n%b\r\n" % (len(line), line))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _model(self) -> str:
        return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["model"])

    def _answer(self, status: int, document: Any) -> None:
        self.reply(status, json.dumps(document).encode())


@contextmanager
def fake_ollama(**given: Any) -> Iterator[FakeOllama]:
    ollama = FakeOllama(**given)
    with serving_http(type("Bound", (OllamaHandler,), {"ollama": ollama})) as ollama.url:
        yield ollama
