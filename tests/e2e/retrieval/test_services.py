"""The real models rank by meaning, and the containers behave as containers must."""

import threading
import time

import numpy as np
import pytest
import requests

from tests.e2e.retrieval.containers import Started, running, until_ready

QUESTION = "How do I add a service?"
DOCUMENTS = [
    "The database is dumped every night and kept for thirty days.",
    "Delete its line and bring the environment up again.",
    "Create one file in the catalogue with image, port and health check, then name it in the environment's file.",
    "Bananas are rich in potassium.",
]


def test_a_related_pair_is_closer_than_an_unrelated_one(embed: Started) -> None:
    texts = ["A cat sits on the mat.", "A kitten is resting on a rug.", "Quarterly revenue grew by nine percent."]
    answer = requests.post(f"{embed.url}/embed", json={"text": texts}, timeout=30).json()
    assert answer["dimension"] == 384
    cat, kitten, revenue = np.array(answer["embedding"])
    assert cat @ kitten > 0.5
    assert cat @ revenue < 0.2


def test_the_answer_is_ranked_first(rerank: Started) -> None:
    body = {"query": QUESTION, "documents": DOCUMENTS}
    results = requests.post(f"{rerank.url}/rerank", json=body, timeout=30).json()["results"]
    assert results[0]["document"] == DOCUMENTS[2]
    assert results[-1]["document"] == DOCUMENTS[3]
    assert "late interaction" in requests.get(f"{rerank.url}/health", timeout=5).json()["model"]


def test_a_text_has_the_same_vector_alone_and_among_others(embed: Started) -> None:
    texts = ["short", " ".join(["a much longer text about tunnels and logins"] * 60), "medium text of some words"]
    together = requests.post(f"{embed.url}/embed", json={"text": texts}, timeout=60).json()["embedding"]
    for text, vector in zip(texts, together, strict=True):
        alone = requests.post(f"{embed.url}/embed", json={"text": text}, timeout=60).json()["embedding"]
        assert np.dot(alone, vector) == pytest.approx(1, abs=1e-5)


def test_the_service_runs_without_root_and_reports_to_nobody(embed: Started) -> None:
    assert embed.container.exec_run(["id", "-u"]) == (0, b"10001\n")
    assert b"telemetry" not in embed.container.logs().lower()


def test_a_stop_signal_lets_the_request_that_has_begun_finish() -> None:
    with running("inference", 5555, ["embed"]) as started:
        url = until_ready(started)
        answers: list[int] = []
        body = {"text": ["many words that keep the model busy for a while " * 20] * 100}
        asking = threading.Thread(
            target=lambda: answers.append(requests.post(f"{url}/embed", json=body, timeout=60).status_code)
        )
        asking.start()
        time.sleep(0.4)
        started.container.stop(timeout=30)
        asking.join(60)
        assert answers == [200]
        started.container.reload()
        assert started.container.attrs["State"]["ExitCode"] == 0
