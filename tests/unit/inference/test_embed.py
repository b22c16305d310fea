"""The embed service's answers."""

import base64

import numpy as np
from fastapi.testclient import TestClient

from tests.unit.inference.models_on_disk import DIMENSION


def test_one_text_gives_one_unit_vector_and_a_list_gives_a_list(embed: TestClient) -> None:
    single = embed.post("/embed", json={"text": "red"}).json()
    several = embed.post("/embed", json={"text": ["red", "green blue"]}).json()
    assert single["dimension"] == several["dimension"] == DIMENSION
    assert several["embedding"][0] == single["embedding"]
    assert np.allclose(np.linalg.norm(several["embedding"], axis=1), 1)


def test_order_is_kept_though_batches_are_sorted_by_length(embed: TestClient) -> None:
    texts = ["red", "red green blue", "green", "blue green"]
    together = embed.post("/embed", json={"text": texts}).json()["embedding"]
    apart = [embed.post("/embed", json={"text": text}).json()["embedding"] for text in texts]
    assert np.allclose(together, apart, atol=1e-6)


def test_openai_clients_get_the_same_vector_as_numbers_or_base64(embed: TestClient) -> None:
    numbers = embed.post("/v1/embeddings", json={"input": ["red"], "model": "any", "user": "x"}).json()
    encoded = embed.post("/v1/embeddings", json={"input": "red", "encoding_format": "base64"}).json()
    vector = np.frombuffer(base64.b64decode(encoded["data"][0]["embedding"]), "<f4")
    assert np.allclose(vector, numbers["data"][0]["embedding"])
    assert numbers["usage"] == {"prompt_tokens": 3, "total_tokens": 3}


def test_a_long_text_is_cut_to_the_models_own_limit(embed: TestClient) -> None:
    answer = embed.post("/v1/embeddings", json={"input": "red " * 400}).json()
    assert answer["usage"]["total_tokens"] == 16


def test_health_tells_model_and_dimension(embed: TestClient) -> None:
    expected = {"status": "ok", "service": "embed", "model": "tiny", "model_loaded": True, "dimension": DIMENSION}
    assert embed.get("/health").json() == embed.get("/ready").json() == expected
    assert embed.get("/live").status_code == 200


def test_texts_is_another_name_for_a_list(embed: TestClient) -> None:
    named = embed.post("/embed", json={"texts": ["red"]}).json()
    assert named["embedding"] == embed.post("/embed", json={"text": ["red"]}).json()["embedding"]
    assert embed.post("/embed", json={"text": "red", "texts": ["red"]}).status_code == 422


def test_base64_holds_the_same_vector_as_numbers(embed: TestClient) -> None:
    numbers = embed.post("/embed", json={"text": ["red", "blue"]}).json()["embedding"]
    encoded = embed.post("/embed", json={"text": ["red", "blue"], "encoding_format": "base64"}).json()["embedding"]
    vectors = [np.frombuffer(base64.b64decode(text), "<f4") for text in encoded]
    assert np.allclose(vectors, numbers)


def test_every_answer_names_the_model(embed: TestClient) -> None:
    assert embed.post("/embed", json={"text": "red"}).json()["model"] == "tiny"
    assert (
        embed.post("/v1/embeddings", json={"input": "red", "model": "text-embedding-3-small"}).json()["model"] == "tiny"
    )
    assert [model["id"] for model in embed.get("/v1/models").json()["data"]] == ["tiny"]


def test_only_the_models_own_dimension_is_given(embed: TestClient) -> None:
    assert embed.post("/v1/embeddings", json={"input": "red", "dimensions": DIMENSION}).status_code == 200
    refused = embed.post("/v1/embeddings", json={"input": "red", "dimensions": DIMENSION // 2})
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["msg"].startswith(f"tiny gives {DIMENSION} numbers")


def test_a_text_that_is_cut_is_told_or_refused(embed: TestClient) -> None:
    texts = ["red", "red " * 400]
    assert embed.post("/embed", json={"text": texts}).json()["truncated"] == [1]
    assert embed.post("/v1/embeddings", json={"input": texts}).json()["truncated"] == [1]
    assert embed.post("/embed", json={"text": "red"}).json()["truncated"] == []
    refused = embed.post("/embed", json={"text": texts, "truncate": False})
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", "text", "1"]
    assert embed.post("/embed", json={"text": "red", "truncate": False}).status_code == 200


def test_a_prefix_is_read_before_the_text(embed: TestClient) -> None:
    prefixed = embed.post("/embed", json={"text": "red", "prefix": "blue "}).json()["embedding"]
    assert prefixed == embed.post("/embed", json={"text": "blue red"}).json()["embedding"]
    assert prefixed != embed.post("/embed", json={"text": "red"}).json()["embedding"]


def test_a_request_may_say_how_long_its_answer_is_of_use(embed: TestClient) -> None:
    assert embed.post("/embed", json={"text": "red"}, headers={"x-request-timeout": "5"}).status_code == 200
    for wrong in ("soon", "0", "-1", "nan", "inf"):
        assert embed.post("/embed", json={"text": "red"}, headers={"x-request-timeout": wrong}).status_code == 422


def test_the_openapi_page_describes_requests_answers_and_refusals(embed: TestClient) -> None:
    document = embed.get("/openapi.json").json()
    assert set(document["paths"]) >= {
        "/embed",
        "/v1/embeddings",
        "/v1/models",
        "/health",
        "/ready",
        "/live",
        "/metrics",
    }
    operation = document["paths"]["/embed"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/EmbedRequest")
    assert set(operation["responses"]) == {"200", "413", "422", "429", "500", "503"}
    assert embed.get("/docs").status_code == 200
