"""Client of the rerank service. Never fatal: without it the order of the search stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from operations.failure import Failure
from operations.retrieval.passage import Passage
from operations.retrieval.remote import Remote

TIMEOUT = 15.0


@dataclass(frozen=True)
class Ranking:
    """`warning` says why the order is that of the search; None when the passages were reranked."""

    passages: list[Passage]
    warning: str | None


def rerank(remote: Remote, question: str, passages: Sequence[Passage]) -> Ranking:
    """Passages in the service's order; as they are, with a warning, if it fails, is late or answers nonsense."""
    if not passages:
        return Ranking([], None)
    body = {"query": question, "documents": [passage.content for passage in passages]}
    try:
        answer = remote.post("/rerank", body, TIMEOUT)
        return Ranking(_ordered(answer, passages), None)
    except Failure as failure:
        cause = str(failure)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        cause = str(remote.failure(f"unusable answer ({type(error).__name__}: {error})"))
    return Ranking(list(passages), f"not reranked: {cause}")


def _ordered(answer: object, passages: Sequence[Passage]) -> list[Passage]:
    results = answer["results"] if isinstance(answer, dict) else None
    if not isinstance(results, list):
        raise TypeError("no list of results")
    scores = {int(result["index"]): float(result["score"]) for result in results}
    if scores.keys() != set(range(len(passages))) or not all(map(isfinite, scores.values())):
        raise ValueError("not one finite score for each document")
    ranked = [passage.scored(scores[index]) for index, passage in enumerate(passages)]
    return sorted(ranked, key=lambda passage: -passage.score)
