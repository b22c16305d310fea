"""Services over a model of BERT's shape give what a reference of its own gives, in both precisions and in any batch."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inference.embed import embed_app, embed_service
from inference.export.folder import export
from inference.rerank import rerank_app, rerank_service
from inference.settings import Precision

from tests.unit.inference import conftest
from tests.unit.inference.random_bert import SIZE, WORDS, Reference, write_bert, write_cross_encoder

TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=50)
SOME = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
LEAST_COSINE: dict[Precision, float] = {"fp32": 0.9999, "int8": 0.99}
precisions = pytest.mark.parametrize("precision", list(LEAST_COSINE))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Reference]:
    """Exported from weights (bert) and from an ONNX export (cross), each in both precisions."""
    root = tmp_path_factory.mktemp("models")
    weights = write_bert(root / "published")
    export(root / "published", root / "bert", ["fp32", "int8"], 1)
    write_cross_encoder(root / "exported")
    export(root / "exported", root / "cross", ["fp32", "int8"], 1)
    return root, Reference(weights)


@pytest.fixture(scope="module")
def embedders(models: tuple[Path, Reference]) -> Iterator[dict[Precision, TestClient]]:
    limits = {"max_items": 64, "max_body_bytes": 1_000_000, "cache_bytes": 0, "model": "bert"}
    apps = [
        embed_app(embed_service(conftest.settings(models[0], "embed", precision=one, **limits))) for one in LEAST_COSINE
    ]
    with TestClient(apps[0]) as plain, TestClient(apps[1]) as quantised:
        yield {"fp32": conftest.until_ready(plain), "int8": conftest.until_ready(quantised)}


def vectors(client: TestClient, texts: list[list[str]]) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    answer = client.post("/embed", json={"text": [" ".join(text) for text in texts]}).json()
    assert answer["dimension"] == SIZE
    return np.array(answer["embedding"])


@precisions
@SOME
@given(texts=st.lists(TEXT, min_size=1, max_size=8))
def test_every_vector_has_unit_length_and_the_direction_of_the_reference(
    models: tuple[Path, Reference], embedders: dict[Precision, TestClient], precision: Precision, texts: list[list[str]]
) -> None:
    found = vectors(embedders[precision], texts)
    assert found.shape == (len(texts), SIZE)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    for vector, text in zip(found, texts, strict=True):
        assert vector @ models[1].vector(text) >= LEAST_COSINE[precision]


@precisions
@SOME
@given(text=TEXT, others=st.lists(TEXT, max_size=12))
def test_a_text_has_the_same_vector_in_any_company(
    embedders: dict[Precision, TestClient], precision: Precision, text: list[str], others: list[list[str]]
) -> None:
    client = embedders[precision]
    alone, together = vectors(client, [text])[0], vectors(client, [*others, text])[-1]
    assert alone @ together >= 0.9999


def test_both_precisions_go_by_names_of_their_own(embedders: dict[Precision, TestClient]) -> None:
    names = [client.get("/health").json()["model"] for client in embedders.values()]
    assert names == ["bert", "bert (int8)"]


def test_a_quantised_reranker_keeps_the_order(models: tuple[Path, Reference]) -> None:
    random = np.random.default_rng(1)
    documents = [" ".join(random.choice(WORDS, random.integers(3, 40))) for _ in range(60)]
    orders = []
    for precision in LEAST_COSINE:
        chosen = conftest.settings(
            models[0], "rerank", precision=precision, model="cross", max_items=64, max_body_bytes=1_000_000
        )
        with TestClient(rerank_app(rerank_service(chosen))) as client:
            conftest.until_ready(client)
            answer = client.post("/rerank", json={"query": "word1 word2 word3", "documents": documents}).json()
        orders.append(np.argsort([result["index"] for result in answer["results"]]))
    assert np.corrcoef(orders[0], orders[1])[0, 1] >= 0.99
