"""Which requests are work. Health probes, lists of models and scrapes never are: they would keep a machine for ever."""

from __future__ import annotations

import posixpath
from typing import Final

WORK: Final = frozenset(
    {
        "/api/chat",
        "/api/generate",
        "/api/embed",
        "/api/embeddings",
        "/v1/chat/completions",
        "/v1/completions",
        "/v1/embeddings",
        "/v1/responses",
        # Somebody waits for these too, and a stop would lose gigabytes of a transfer.
        "/api/pull",
        "/api/push",
        "/api/create",
    }
)


def is_work(method: str, path: str) -> bool:
    """Whether the request makes the models, or the server on their behalf, do something. `path` is decoded."""
    return method == "POST" and posixpath.normpath("/" + path.lstrip("/")) in WORK
