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
