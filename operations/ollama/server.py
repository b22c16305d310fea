"""The calls of Ollama's HTTP API that managing models takes (docs/api.md of Ollama), all under one deadline."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

from operations.failure import Failure
from operations.ollama.deadline import Deadline
from operations.ollama.refusals import refusal

CONNECT_SECONDS = 5.0
SILENT_SECONDS = 600.0
"""A server that checks the digest of a 40 GB model says nothing meanwhile."""

Record = dict[str, Any]


class NoAnswerError(Failure):
    """The server cannot be reached, or has stopped in the middle of an answer."""


@dataclass(frozen=True, order=True, kw_only=True)
class HeldModel:
    """One model of a server; `digest` is the sha256 of its manifest, which names every blob by its own."""

    name: str
    digest: str
    size_bytes: int


class Ollama:
    """The server at `url`. Every method raises Failure when the server does not answer or the deadline has passed."""

    def __init__(self, url: str, deadline_seconds: float) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False  # a private address is never asked for through a proxy
        self._deadline = Deadline(deadline_seconds)

    def held(self) -> dict[str, HeldModel]:
        """What the server holds, by full name, tag included."""
        with self._call("GET", "/api/tags") as response, self._reached():
            # A server that holds nothing may say null.
            listed = response.json()["models"] or []
            models = [HeldModel(name=one["name"], digest=one["digest"], size_bytes=one["size"]) for one in listed]
        return {model.name: model for model in sorted(models)}

    def show(self, model: str) -> Record:
        """What the server knows of a model, its Modelfile among it. Raises Failure when it cannot read the model."""
        with self._call("POST", "/api/show", accepted=(200, 400, 404, 500), json={"model": model}) as response:
            with self._reached():
                found: Record = response.json()
            if response.status_code != 200:
                cause = f"Ollama at {self.url} lists {model}, but cannot read it: {found.get('error', found)}"
                raise Failure(cause, f"scripts/model-pull.sh {model} -s STACK")
        return found

    def pull(self, model: str, silent_seconds: float) -> Iterator[Record]:
        """The server's progress records, up to the end of its answer, which need not be a success.

        Raises RegistryUnreachableError; NoAnswerError when the answer breaks off, or the server says nothing for
        `silent_seconds` while it is not checking digests; Failure for any other refusal.
        """
        response = self._call(
            "POST", "/api/pull", (200, 400, 404, 500), silent_seconds, json={"model": model}, stream=True
        )
        for record in self._records(response):
            if error := record.get("error"):
                raise refusal(model, str(error), self.url)
            patience = silent_seconds if str(record.get("status", "")).startswith("pulling") else SILENT_SECONDS
            _wait_at_most(response, min(patience, self._deadline.left(self.url)))
            yield record

    def create(self, model: str, weights: bytes, parameters: dict[str, Any], template: str = "") -> None:
        """Make a model from one GGUF file; the file is sent only when the server lacks it.

        `template` (Go's text/template) turns a conversation into a prompt; empty leaves it to the server.
        """
        digest = f"sha256:{hashlib.sha256(weights).hexdigest()}"
        with self._call("HEAD", f"/api/blobs/{digest}", accepted=(200, 404)) as response:
            missing = response.status_code == 404
        if missing:
            self._call("POST", f"/api/blobs/{digest}", accepted=(200, 201), data=weights).close()
        order = {"model": model, "files": {"model.gguf": digest}, "parameters": parameters}
        if template:
            order["template"] = template
        response = self._call("POST", "/api/create", accepted=(200, 400, 404, 500), json=order, stream=True)
        for record in self._records(response):
            if error := record.get("error"):
                raise Failure(f"Ollama at {self.url} cannot create {model}: {error}", f"curl {self.url}/api/version")

    def remove(self, model: str) -> None:
        """Deletes the model, and those of its blobs that no other model names."""
        self._call("DELETE", "/api/delete", json={"model": model}).close()

    def _records(self, response: requests.Response) -> Iterator[Record]:
        """JSON lines. A refusal that comes as a status with a JSON body is a record like any other."""
        with response, self._reached():
            for line in filter(None, response.iter_lines()):
                record: Record = {**json.loads(line)}
                yield record
                self._deadline.left(self.url)

    def _call(
        self,
        method: str,
        path: str,
        accepted: tuple[int, ...] = (200,),
        silent_seconds: float = SILENT_SECONDS,
        **request: Any,
    ) -> requests.Response:
        wait = (CONNECT_SECONDS, min(silent_seconds, self._deadline.left(self.url)))
        with self._reached():
            response = self._session.request(method, self.url + path, timeout=wait, **request)
        if response.status_code not in accepted:
            cause = f"Ollama at {self.url} answered {method} {path} with HTTP {response.status_code}"
            raise Failure(cause, f"curl {self.url}/api/version")
        return response

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (requests.RequestException, ValueError, KeyError, TypeError) as fault:
            # Something else may listen there, and answer in forms of its own.
            raise NoAnswerError(f"no usable answer from Ollama at {self.url}: {fault!s}", "scripts/health") from None


def _wait_at_most(response: requests.Response, seconds: float) -> None:
    """Changes how long the next piece of a running answer may take; the timeout of a request is fixed otherwise."""
    sock = getattr(response.raw.connection, "sock", None)
    if sock is not None:
        sock.settimeout(seconds)
