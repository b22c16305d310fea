"""An embed service whose vectors are digests of model and text, so that anybody can tell what was embedded by whom."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from simulators.http_server import Handler, serving_http

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

    class EmbedHandler(Handler):
        def do_GET(self) -> None:
            self.reply(200, json.dumps(service.health()).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answer = service.embed(body["text"])
            status, headers, text = answer if isinstance(answer, tuple) else (200, {}, json.dumps(answer))
            self.reply(status, text.encode(), **headers)

    with serving_http(EmbedHandler) as service.url:
        yield service
