"""Input that was never meant well: a reason in the answer, nothing on the server's side, bounded memory."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inference.batcher import OverloadedError
from inference.bodies import Bodies
from inference.embed import embed_app, embed_service
from inference.names import model_name, spoken_name
from inference.refusals import RefusedError
from inference.rerank import rerank_app, rerank_service
from starlette.types import Message

from tests.unit.inference import conftest
from tests.unit.inference.models_on_disk import write_model

MODERATE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
JSON = {"content-type": "application/json"}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner), max_leaves=9
)
PATHS = ["../../etc/passwd", "/etc/passwd", "..", "a/../b", "a\\b", "~/model", "./x", "a/b/c", "file:///etc/passwd",
         "x" * 300, "a\nb", "", "\u0000"]  # fmt: skip


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, TestClient]]:
    root = tmp_path_factory.mktemp("models")
    write_model(root / "tiny")
    embed = embed_app(embed_service(conftest.settings(root, "embed", model="tiny", max_body_bytes=100_000)))
    rerank = rerank_app(rerank_service(conftest.settings(root, "rerank", model="tiny", max_body_bytes=100_000)))
    with TestClient(embed) as first, TestClient(rerank) as second:
        yield {"/embed": conftest.until_ready(first), "/v1/embeddings": first,
               "/rerank": conftest.until_ready(second), "/v1/rerank": second}  # fmt: skip


def body_of(path: str, text: Any) -> dict[str, Any]:
    fields = {"/embed": {"text": text}, "/v1/embeddings": {"input": text}}
    return fields.get(path, {"query": text if isinstance(text, str) else "red", "documents": text})


ROUTES = ["/embed", "/v1/embeddings", "/rerank", "/v1/rerank"]
each_route = pytest.mark.parametrize("path", ROUTES)


def refused(answer: Any) -> bool:
    return 400 <= answer.status_code < 500 and bool(answer.json()["detail"])


@each_route
@MODERATE
@given(content=st.binary(max_size=200))
def test_bytes_that_are_no_request_are_refused(services: dict[str, TestClient], path: str, content: bytes) -> None:
    assert refused(services[path].post(path, content=content, headers=JSON))


@each_route
@MODERATE
@given(content=ANYTHING)
def test_json_of_any_shape_is_answered_or_refused(services: dict[str, TestClient], path: str, content: Any) -> None:
    for body in (content, body_of(path, content)):
        answer = services[path].post(path, content=json.dumps(body).encode(), headers=JSON)
        assert answer.status_code == 200 or refused(answer), answer.text


@each_route
@MODERATE
@given(text=st.text(min_size=1, max_size=60).filter(lambda text: not text.isspace() and "\0" not in text))
def test_any_text_that_is_unicode_is_answered(services: dict[str, TestClient], path: str, text: str) -> None:
    assert services[path].post(path, json=body_of(path, [text])).status_code == 200


@each_route
@pytest.mark.parametrize("text", ["\\ud800", "\\udfff\\ud800", "red\\u0000", "", " \\t\\u2003"])
def test_half_surrogates_nul_and_blank_texts_are_refused(services: dict[str, TestClient], path: str, text: str) -> None:
    body = json.dumps(body_of(path, ["TEXT"])).replace("TEXT", text).encode()
    assert services[path].post(path, content=body, headers=JSON).status_code == 422


@each_route
@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"text":['])
def test_nesting_without_end_is_refused(services: dict[str, TestClient], path: str, opening: bytes) -> None:
    assert services[path].post(path, content=opening * 5000, headers=JSON).status_code == 422
    closed = b'{"text": ' + b"[" * 2000 + b"]" * 2000 + b"}"
    assert services[path].post(path, content=closed, headers=JSON).status_code == 422


@each_route
def test_a_body_that_announces_a_gigabyte_is_not_waited_for(services: dict[str, TestClient], path: str) -> None:
    declared = services[path].post(path, content=b"{}", headers={**JSON, "content-length": str(1024**3)})
    assert (declared.status_code, declared.headers["connection"]) == (413, "close")


def test_a_gigabyte_in_pieces_is_given_up_at_the_first_that_is_too_much() -> None:
    bodies, piece, given = Bodies(each=100_000, together=1_000_000), b"x" * 65_536, 0

    async def endless() -> Message:
        nonlocal given
        given += 1
        return {"type": "http.request", "body": piece, "more_body": True}

    with pytest.raises(RefusedError, match="larger than 100000 bytes"):
        asyncio.run(bodies.read(Request({"type": "http", "headers": []}, endless)))
    assert given == 2


def test_bodies_that_together_take_too_much_room_are_refused_until_there_is_some() -> None:
    async def scene() -> None:
        bodies, more = Bodies(each=100, together=150), asyncio.Event()

        async def half() -> Message:
            if more.is_set():
                return {"type": "http.request", "body": b"", "more_body": False}
            more.set()
            return {"type": "http.request", "body": b'"%b"' % (b"x" * 98), "more_body": True}

        async def slow() -> Message:
            message = await half()
            if not message["more_body"]:
                await asyncio.sleep(0.05)
            return message

        first = asyncio.create_task(bodies.read(Request({"type": "http", "headers": []}, slow)))
        await asyncio.sleep(0.01)
        more.clear()
        with pytest.raises(OverloadedError):
            await bodies.read(Request({"type": "http", "headers": []}, half))
        assert await first == "x" * 98
        more.clear()
        assert await bodies.read(Request({"type": "http", "headers": []}, half)) == "x" * 98

    asyncio.run(scene())


@each_route
def test_a_hundred_thousand_documents_are_counted_and_not_looked_at(services: dict[str, TestClient], path: str) -> None:
    answer = services[path].post(path, content=json.dumps(body_of(path, [0] * 30_000)).encode(), headers=JSON)
    assert answer.status_code == 413
    assert "30000 texts in one request, the limit is 4" in answer.json()["detail"]


@pytest.mark.parametrize("name", PATHS)
def test_a_model_name_that_is_a_path_is_refused_everywhere(services: dict[str, TestClient], name: str) -> None:
    for path, client in services.items():
        assert refused(client.post(path, json=body_of(path, ["red"]) | {"model": name}))
    for check in (model_name, spoken_name):
        with pytest.raises(ValueError, match="model"):
            check(name)


def test_faults_are_told_without_repeating_thousands_of_them(services: dict[str, TestClient]) -> None:
    answer = services["/rerank"].post("/rerank", json={"query": 1, "documents": [0, 0, 0, 0], "model": 3})
    assert answer.status_code == 422
    assert len(answer.content) < 4096
