"""What happens before a model is there, and when it cannot be had."""

import asyncio
import os
from importlib import reload
from pathlib import Path
from typing import Any

import inference
import pytest
from fastapi.testclient import TestClient
from inference import models
from inference.__main__ import main
from inference.embed import embed_app
from inference.embedder import Embedder
from inference.graph import CPU, Graph
from inference.service import Service

from tests.unit.inference.conftest import settings
from tests.unit.inference.models_on_disk import write_model


def never() -> Embedder:
    raise models.ModelError("the weights are damaged; fetch the model again")


def tiny(root: Path) -> models.ModelFolder:
    return models.read("tiny", write_model(root / "tiny"))


def test_a_missing_model_stops_the_service_with_the_command_that_fetches_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RERANK_MODEL", "owner/name")
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    assert main(["rerank"]) == 2
    assert "python -m inference fetch owner/name REVISION" in capsys.readouterr().out


def test_a_wrong_variable_is_named_with_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THREADS", "many")
    assert main(["embed"]) == 2
    assert "THREADS='many'" in capsys.readouterr().out


def test_until_the_model_is_loaded_the_service_lives_but_is_not_ready(tmp_path: Path) -> None:
    service = Service(settings(tmp_path, "embed", model="tiny"), tiny(tmp_path), never)
    with TestClient(embed_app(service)) as client:
        assert client.get("/live").status_code == 200
        assert client.get("/ready").status_code == 503
        assert client.get("/health").json()["status"] == "loading"
        assert client.post("/embed", json={"text": "red"}).status_code == 503


def test_a_model_that_cannot_be_loaded_ends_the_server(tmp_path: Path) -> None:
    service = Service(settings(tmp_path, "embed", model="tiny"), tiny(tmp_path), never)
    ended: list[bool] = []
    service.on_failure = lambda: ended.append(True)
    asyncio.run(service.start())
    assert service.failed
    assert ended == [True]


def test_a_folder_without_its_graph_is_named_with_what_it_lacks(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tiny")
    (folder / "model.onnx").unlink()
    with pytest.raises(models.ModelError, match=r"lacks model\.onnx"):
        models.read("tiny", folder)


def test_e5_models_get_the_prefixes_they_were_trained_with(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "e5", model_type="xlm-roberta", max_position_embeddings=514, pad_token_id=1)
    found = models.read("intfloat/multilingual-e5-large", folder)
    assert found.prefixes == {"query": "query: ", "passage": "passage: "}
    assert found.max_tokens == 512
    assert found.pad_id == 1
    assert models.read("all-MiniLM-L6-v2", folder).prefixes == {}


def test_the_makers_of_the_runtime_are_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    reload(inference)
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


def test_a_card_that_the_runtime_does_not_know_is_refused_before_the_model_is_loaded(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tiny")
    chosen = settings(tmp_path, "embed", model="tiny", device="cuda")
    with pytest.raises(models.ModelError, match="build it with onnxruntime-gpu"):
        Graph(models.read("tiny", folder), chosen)
    assert Graph(models.read("tiny", folder), settings(tmp_path, "embed", model="tiny")).provider == CPU


def test_a_missing_quantised_graph_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(models.ModelError, match=r"lacks model_int8\.onnx; make it with: python -m inference export"):
        models.read("tiny", write_model(tmp_path / "tiny"), "int8")


def test_nomics_own_spelling_of_its_size_is_understood(tmp_path: Path) -> None:
    config: dict[str, Any] = {"model_type": "nomic_bert", "n_embd": 768, "n_positions": 8192, "hidden_size": None}
    folder = write_model(tmp_path / "nomic", max_position_embeddings=None, **config)
    found = models.read("nomic-ai/nomic-embed-text-v1.5", folder, most_tokens=2048)
    assert (found.dimension, found.max_tokens) == (768, 2048)
    assert found.prefixes == {"query": "search_query: ", "passage": "search_document: "}


@pytest.mark.parametrize("model", ["..", "../x", "/etc", "a/b/c", "a\\b"])
def test_a_model_that_is_a_path_stops_the_service(
    model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EMBED_MODEL", model)
    assert main(["embed"]) == 2
    assert "without any path" in capsys.readouterr().out


def test_a_damaged_description_is_named(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tiny")
    (folder / "config.json").write_text("[" * 9)
    with pytest.raises(models.ModelError, match=r"config\.json is damaged"):
        models.read("tiny", folder)
