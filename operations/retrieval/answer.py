"""Client of Ollama: an answer in the model's words, from numbered sources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import requests

from operations.retrieval.passage import Passage
from operations.retrieval.remote import Remote

STAND_IN = "random-weights"
NOT_FOUND = "The sources do not answer this."
TOKEN_TIMEOUT = 180.0
OPTIONS = {"temperature": 0.1, "num_predict": 600}
SYSTEM = (
    "Answer the question from the numbered sources only. After each statement cite its source like [1]. Be brief. "
    f'If the sources do not hold the answer, reply exactly: "{NOT_FOUND}"'
)


@dataclass(frozen=True)
class ChatModel:
    """One model of an Ollama server."""

    remote: Remote
    name: str

    @classmethod
    def choose(cls, remote: Remote, wanted: str) -> ChatModel:
        """The wanted model, else the stand-in that closed networks have. Raises Failure if neither is there."""
        try:
            names = [str(model["name"]) for model in remote.get("/api/tags")["models"]]
        except (KeyError, TypeError):
            raise remote.failure("/api/tags is not an answer of Ollama") from None
        stand_ins = [name for name in names if name.startswith(STAND_IN)]
        for name in (wanted, f"{wanted}:latest", *stand_ins):
            if name in names:
                return cls(remote, name)
        raise remote.failure(f"model {wanted} is not there; there are: {', '.join(names) or 'none'}")

    @property
    def is_stand_in(self) -> bool:
        """Whether the weights are random, so that the words mean nothing."""
        return self.name.startswith(STAND_IN)

    def stream(self, question: str, passages: Sequence[Passage], limit: int | None = None) -> Iterator[str]:
        """The answer piece by piece; `limit` is in tokens. Raises Failure."""
        options = OPTIONS | ({"num_predict": limit} if limit else {})
        messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": prompt(question, passages)}]
        body = {"model": self.name, "messages": messages, "stream": True, "options": options}
        with self.remote.call("POST", "/api/chat", body, TOKEN_TIMEOUT, stream=True) as answer:
            try:
                yield from (self._piece(line) for line in answer.iter_lines() if line)
            except requests.RequestException as error:
                raise self.remote.failure(f"{self.name} broke off: {type(error).__name__}") from None

    def _piece(self, line: bytes) -> str:
        try:
            part = json.loads(line)
            if "error" in part:
                raise self.remote.failure(f"{self.name}: {part['error']}")
            return str(part.get("message", {}).get("content", ""))
        except (json.JSONDecodeError, AttributeError, TypeError):
            raise self.remote.failure(f"{self.name} sent a line that is not Ollama's") from None


def prompt(question: str, passages: Sequence[Passage]) -> str:
    """Sources first, the question last: small models keep to what they read last."""
    sources = "\n\n".join(
        f"[{number}] {passage.source}: {passage.content}" for number, passage in enumerate(passages, 1)
    )
    return f"Sources:\n\n{sources}\n\nQuestion: {question}"


def is_answer(text: str) -> bool:
    """Whether the model found something in the sources."""
    return bool(text.strip()) and not text.strip().startswith(NOT_FOUND.rstrip("."))
