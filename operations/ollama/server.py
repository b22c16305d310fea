"""The calls of Ollama's HTTP API that managing models takes (docs/api.md of Ollama), all under one deadline."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import requests

from operations.failure import Failure

CONNECT_SECONDS = 5.0
STALL_SECONDS = 600.0  # a server that checks the digest of a 40 GB model says nothing meanwhile
UNKNOWN_MODEL = re.compile(r"file does not exist|model .*not found")
# Go's HTTP client starts each failure to reach a server with the verb and the URL; the numbers are a gateway's answers.
UNREACHABLE = re.compile(r'\b(?:Get|Head|Post) "|max retries exceeded|pull model manifest: (?:407|50[0234])\b')


class RegistryUnreachableError(Exception):
    """The Ollama server answers, but the registry that it pulls from does not; the text is the server's own."""


class Ollama:
    """The server at `url`. Every method raises Failure when the server does not answer or the deadline has passed."""

    def __init__(self, url: str, deadline_seconds: float) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False  # a private address is never asked for through a proxy
        self._deadline_seconds = deadline_seconds
        self._deadline = time.monotonic() + deadline_seconds

    def models(self) -> set[str]:
        """Full names, tag included, of what the server holds."""
        with self._call("GET", "/api/tags") as response:
            return {str(model["name"]) for model in response.json()["models"]}

    def pull(self, model: str) -> Iterator[dict[str, Any]]:
        """The server's progress records. Raises RegistryUnreachableError; Failure for any other refusal."""
        for record in self._stream("/api/pull", {"model": model}):
            if error := record.get("error"):
                raise refusal(model, str(error), self.url)
            yield record

    def create(self, model: str, weights: bytes, parameters: dict[str, Any]) -> None:
        """Make a model from one GGUF file; the file is sent only when the server lacks it."""
        digest = f"sha256:{hashlib.sha256(weights).hexdigest()}"
        with self._call("HEAD", f"/api/blobs/{digest}", accepted=(200, 404)) as response:
            missing = response.status_code == 404
        if missing:
            self._call("POST", f"/api/blobs/{digest}", accepted=(200, 201), data=weights).close()
        order = {"model": model, "files": {"model.gguf": digest}, "parameters": parameters}
        for record in self._stream("/api/create", order):
            if error := record.get("error"):
                raise Failure(f"Ollama at {self.url} cannot create {model}: {error}", f"curl {self.url}/api/version")

    def _stream(self, path: str, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """JSON lines. A refusal that comes as a status with a JSON body is a record like any other."""
        response = self._call("POST", path, accepted=(200, 400, 404, 500), json=order, stream=True)
        with response, self._reached():
            for line in filter(None, response.iter_lines()):
                record: dict[str, Any] = json.loads(line)
                yield record
                self._seconds_left()

    def _call(self, method: str, path: str, accepted: tuple[int, ...] = (200,), **request: Any) -> requests.Response:
        wait = (CONNECT_SECONDS, min(STALL_SECONDS, self._seconds_left()))
        with self._reached():
            response = self._session.request(method, self.url + path, timeout=wait, **request)
        if response.status_code not in accepted:
            cause = f"Ollama at {self.url} answered {method} {path} with HTTP {response.status_code}"
            raise Failure(cause, f"curl {self.url}/api/version")
        return response

    def _seconds_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Failure(f"not done within {self._deadline_seconds:g} s at {self.url}", "run the same command again")
        return left

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (requests.RequestException, json.JSONDecodeError) as fault:
            raise Failure(f"no usable answer from Ollama at {self.url}: {fault}", "scripts/health") from None


def refusal(model: str, error: str, url: str) -> Exception:
    """What the server's error text means; only a registry that is out of reach lets a stand-in take the place."""
    if UNKNOWN_MODEL.search(error):
        return Failure(f"there is no model named {model!r} in Ollama's registry: {error}", "https://ollama.com/library")
    if UNREACHABLE.search(error):
        return RegistryUnreachableError(error)
    return Failure(f"Ollama at {url} cannot pull {model!r}: {error}", f"ollama pull {model}")
