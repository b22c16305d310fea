"""Which figures the services are held to, in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["target", "acceptable", "worse", "-"]


@dataclass(frozen=True)
class Goal:
    """Below `target` is as promised, up to `acceptable` will do. None: measured for information."""

    name: str
    target: float | None = None
    acceptable: float | None = None

    def verdict(self, measured: float) -> Verdict:
        if self.target is None or self.acceptable is None:
            return "-"
        if measured < self.target:
            return "target"
        return "acceptable" if measured <= self.acceptable else "worse"


SINGLE = Goal("single embedding", 50, 100)
BATCH = Goal("batch, per document", 25, 50)
RERANK = Goal("rerank of 20 documents", 150, 250)
EMBED_P95 = Goal("P95 embed", 100, 150)
RERANK_P95 = Goal("P95 rerank", 200, 300)
SINGLE_CACHED = Goal("single embedding, cached")
RERANK_CACHED = Goal("rerank of 20, repeated")


@dataclass(frozen=True)
class Result:
    goal: Goal
    measured: float

    @property
    def verdict(self) -> Verdict:
        return self.goal.verdict(self.measured)
