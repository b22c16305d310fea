"""Clients of the embed and rerank services against scripted answers."""

from typing import Any, cast

import pytest

from operations.failure import Failure
from operations.retrieval.chunks import Chunk
from operations.retrieval.embedder import Embedder
from operations.retrieval.index import sync
from operations.retrieval.passage import Passage
from operations.retrieval.remote import BUSY, Remote, session
from operations.retrieval.reranker import rerank
from operations.retrieval.store import Store
from tests.unit.retrieval.fake_service import serving

HEALTH = (200, {"model": "tiny", "dimension": 2})
PASSAGES = [Passage("a.md", "A", "first", 0.9), Passage("b.md", "", "second", 0.8)]


def test_the_embedder_sends_passages_in_batches_and_marks_queries() -> None:
    answers = {"/health": HEALTH, "/embed": [(200, {"embedding": [[1, 0], [0, 1]]}), (200, {"embedding": [[1, 1]]})]}
    with serving(answers) as service:
        embedder = Embedder.connect(service.remote(), batch_size=2)
        assert list(embedder.batches(["a", "b", "c"])) == [[[1, 0], [0, 1]], [[1, 1]]]
        answers["/embed"] = (200, {"embedding": [[1, 0]]})
        assert embedder.query("q") == [1, 0]
    assert [body["input_type"] for _, body in service.seen[1:]] == ["passage", "passage", "query"]


@pytest.mark.parametrize(
    "embedding",
    [
        [[1, 0, 0]],
        [],
        [[1, 0], [0, 1]],
        "text",
        None,
        [1, 2],
        [None],
        ["ab"],
        [["1", "2"]],
        [[None, 1]],
        [{"a": 1, "b": 2}],
    ],
)
def test_vectors_of_another_dimension_or_number_are_refused(embedding: Any) -> None:
    with serving({"/health": HEALTH, "/embed": (200, {"embedding": embedding})}) as service:
        embedder = Embedder.connect(service.remote())
        with pytest.raises(Failure, match="expected 1 vectors of 2 numbers"):
            embedder.query("q")


@pytest.mark.parametrize("numbers", [b"[0, 0]", b"[NaN, 1]", b"[Infinity, 1]", b"[1e999, 1]"])
def test_a_vector_without_a_direction_is_neither_stored_nor_searched_with(numbers: bytes) -> None:
    stored: list[object] = []

    class Nothing:
        def missing(self, chunks: list[Chunk]) -> list[Chunk]:
            return chunks

        def add(self, *_: object) -> None:
            stored.append(_)

    with serving({"/health": HEALTH, "/embed": (200, b'{"embedding": [' + numbers + b"]}")}) as service:
        embedder = Embedder.connect(service.remote())
        with pytest.raises(Failure, match="no direction"):
            embedder.query("q")
        with pytest.raises(Failure, match=r"a chunk of a\.md has no direction"):
            sync(cast(Store, Nothing()), embedder, ["a.md"], [Chunk("a.md", "", "text")], print)
    assert not stored


def test_a_busy_service_is_asked_again_and_a_broken_one_is_not() -> None:
    with serving({"/health": [(429, b"busy"), (503, b"loading"), HEALTH]}) as service:
        remote = Remote("embed", service.url, "remedy", session(BUSY.new(backoff_factor=0.01)))
        assert Embedder.connect(remote).model == "tiny"
    with serving({"/health": (500, b"broken")}) as service, pytest.raises(Failure, match="answered 500: broken"):
        Embedder.connect(service.remote())
    assert len(service.seen) == 1


def test_a_service_that_is_down_is_named_with_address_cause_and_next_command() -> None:
    remote = Remote("embed", "http://127.0.0.1:1", "scripts/health -s dev", session(0))
    with pytest.raises(Failure, match=r"embed at http://127\.0\.0\.1:1: .*refused") as caught:
        Embedder.connect(remote)
    assert "scripts/health -s dev" in str(caught.value)


def test_passages_come_back_in_the_rerankers_order_with_its_scores() -> None:
    results = [{"index": 1, "score": 0.7}, {"index": 0, "score": 0.1}]
    with serving({"/rerank": (200, {"results": results})}) as service:
        ranking = rerank(service.remote("rerank"), "q", PASSAGES)
    assert [(passage.source, passage.score) for passage in ranking.passages] == [("b.md", 0.7), ("a.md", 0.1)]
    assert ranking.warning is None
    assert service.seen[0][1] == {"query": "q", "documents": ["A\nfirst", "second"]}


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"broken"),
        (200, b"not json"),
        (200, []),
        (200, {"results": [{"index": 0, "score": 1.0}]}),
        (200, {"results": [{"index": 0, "score": 1.0}, {"index": 0, "score": 1.0}]}),
        (200, b'{"results": [{"index": 0, "score": NaN}, {"index": 1, "score": 1}]}'),
        (200, {"results": [{"index": 0}, {"index": 1}]}),
        (200, {"results": 7}),
    ],
)
def test_any_failure_of_the_reranker_leaves_the_vector_order_and_warns(answer: Any) -> None:
    with serving({"/rerank": answer}) as service:
        ranking = rerank(service.remote("rerank"), "q", PASSAGES)
    assert ranking.passages == PASSAGES
    assert ranking.warning
    assert f"rerank at {service.url}" in ranking.warning
    assert len(service.seen) == 1
