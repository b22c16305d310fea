"""The rerank service's order, with both kinds of model."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from inference.rerank import rerank_app, rerank_service

from tests.unit.inference.conftest import settings, until_ready
from tests.unit.inference.models_on_disk import write_model

DOCUMENTS = ["blue", "green red", "red"]


def test_late_interaction_puts_the_document_that_covers_the_query_first(rerank: TestClient) -> None:
    results = rerank.post("/rerank", json={"query": "red green", "documents": DOCUMENTS}).json()["results"]
    assert [result["index"] for result in results] == [1, 2, 0]
    assert [result["document"] for result in results] == ["green red", "red", "blue"]
    assert [result["score"] for result in results] == pytest.approx([1.0, 0.5, 0.0])


def test_jina_clients_get_the_same_order_cut_to_top_n(rerank: TestClient) -> None:
    body = {"query": "red green", "documents": [{"text": "blue"}, "green red", "red"], "top_n": 2, "model": "any"}
    answer = rerank.post("/v1/rerank", json=body).json()
    assert [result["index"] for result in answer["results"]] == [1, 2]
    assert answer["results"][0]["document"] == {"text": "green red"}
    bare = rerank.post("/v1/rerank", json=body | {"return_documents": False}).json()
    assert set(bare["results"][0]) == {"index", "relevance_score"}


def test_a_text_of_unknown_tokens_still_gets_a_finite_score(rerank: TestClient) -> None:
    results = rerank.post("/rerank", json={"query": "?", "documents": ["!", "red"]}).json()["results"]
    assert all(isinstance(result["score"], float) for result in results)


def test_health_says_that_late_interaction_is_in_use(rerank: TestClient) -> None:
    assert rerank.get("/health").json()["model"] == "tiny (late interaction)"


def test_a_cross_encoder_reads_pairs_and_gives_scores_from_zero_to_one(tmp_path: Path) -> None:
    write_model(tmp_path / "cross", cross_encoder=True)
    with TestClient(rerank_app(rerank_service(settings(tmp_path, "rerank", model="cross")))) as client:
        until_ready(client)
        results = client.post("/rerank", json={"query": "red", "documents": ["blue", "green red blue"]}).json()[
            "results"
        ]
        assert client.get("/health").json()["model"] == "cross"
    assert [result["index"] for result in results] == [1, 0]
    assert all(0 <= result["score"] <= 1 for result in results)


def test_answers_name_the_model_and_the_documents_that_were_cut(rerank: TestClient) -> None:
    body = {"query": "red", "documents": ["blue", "red " * 400]}
    for path in ("/rerank", "/v1/rerank"):
        answer = rerank.post(path, json=body).json()
        assert (answer["model"], answer["truncated"]) == ("tiny (late interaction)", [1])
        assert rerank.post(path, json={**body, "truncate": False}).status_code == 422
