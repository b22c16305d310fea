"""What the services do with input they cannot take: a clear status, and never the text itself."""

import asyncio
import logging

import pytest
from fastapi.testclient import TestClient
from inference.batcher import Batcher, OverloadedError
from inference.observe import ObserveMiddleware
from starlette.types import Receive, Scope, Send


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"",
        b"not json",
        b'{"text": ""}',
        b'{"text": " \\t\\n"}',
        b'{"text": []}',
        b'{"text": ["red", ""]}',
        b'{"text": 7}',
        b'{"text": NaN}',
        b'{"text": ["red", null]}',
        b'{"text": {"red": 1}}',
        b'{"text": "red", "input_type": "other"}',
        b'{"text": "\\ud800"}',
    ],
)
def test_wrong_or_empty_texts_are_unprocessable(embed: TestClient, body: bytes) -> None:
    answer = embed.post("/embed", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [{"query": "", "documents": ["red"]}, {"query": "red", "documents": []}, {"query": "red"}, {"documents": ["red"]}],
)
def test_a_rerank_without_query_or_documents_is_unprocessable(rerank: TestClient, body: dict[str, object]) -> None:
    assert rerank.post("/rerank", json=body).status_code == 422


def test_too_many_texts_and_too_large_bodies_are_refused_as_too_large(embed: TestClient) -> None:
    assert embed.post("/embed", json={"text": ["red"] * 5}).status_code == 413
    assert embed.post("/embed", json={"text": "r" * 4096}).status_code == 413
    chunks = (b"x" * 1000 for _ in range(5))
    streamed = embed.post("/embed", content=chunks, headers={"content-type": "application/json"})
    assert streamed.status_code == 413


def test_a_full_queue_is_told_with_429_and_when_to_come_back(
    embed: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OverloadedError("8 texts are waiting already and the limit is 8")

    monkeypatch.setattr(Batcher, "check_room", full)
    answer = embed.post("/embed", json={"text": "red"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


def test_an_answer_that_takes_too_long_is_told_with_503() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(5)

    client = TestClient(ObserveMiddleware(slow, timeout=0.05))
    answer = client.get("/embed")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_a_refusal_and_a_log_line_never_repeat_the_text(embed: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        refused = embed.post("/embed", json={"text": ["private words", 7]})
        embed.post("/embed", json={"text": "private words"})
    assert "private" not in refused.text
    lines = [
        f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name.startswith("inference")
    ]
    assert lines
    assert not any("private" in line for line in lines)


def test_metrics_count_requests_by_route_and_status(embed: TestClient) -> None:
    embed.post("/embed", json={"text": "red"})
    embed.get("/no/such/page")
    text = embed.get("/metrics").text
    assert 'inference_requests_total{route="/embed",status="200"}' in text
    assert "/no/such/page" not in text
