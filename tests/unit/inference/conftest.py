"""Services over tiny models, in process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from inference.embed import embed_app, embed_service
from inference.rerank import rerank_app, rerank_service
from inference.settings import Settings

from tests.unit.inference.models_on_disk import write_model


def settings(models: Path, service: str, **values: object) -> Settings:
    """Small limits, so that tests reach them."""
    limits = {"port": 5555, "threads": 1, "max_items": 4, "max_body_bytes": 2048, "models_dir": models}
    return Settings.model_validate({"service": service, **limits, **values})


def until_ready(client: TestClient) -> TestClient:
    """Loading goes on in the background while the server already answers."""
    for _ in range(500):
        if client.get("/ready").status_code == 200:
            return client
    raise AssertionError(client.get("/health").text)


@pytest.fixture
def embed(tmp_path: Path) -> Iterator[TestClient]:
    write_model(tmp_path / "tiny")
    with TestClient(embed_app(embed_service(settings(tmp_path, "embed", model="tiny")))) as client:
        yield until_ready(client)


@pytest.fixture
def rerank(tmp_path: Path) -> Iterator[TestClient]:
    write_model(tmp_path / "tiny")
    with TestClient(rerank_app(rerank_service(settings(tmp_path, "rerank", model="tiny")))) as client:
        yield until_ready(client)
