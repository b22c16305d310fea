"""A piece of a document that was found for a question."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Passage:
    """`score` is comparable within one ranking only; higher is better."""

    source: str
    heading: str
    text: str
    score: float

    @property
    def content(self) -> str:
        """Text under its headings."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text

    def scored(self, score: float) -> Passage:
        return replace(self, score=score)

    def document(self, number: int) -> dict[str, Any]:
        """For --json: `number` is how the answer cites it."""
        return {"number": number, **asdict(self), "score": round(self.score, 4)}
