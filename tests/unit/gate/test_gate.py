"""What the gate promises: the models are idle only when nobody works with them, and a close never cuts an answer."""

from __future__ import annotations

import asyncio
from io import BytesIO

import aiohttp
import pytest
from aiohttp import ClientPayloadError
from gate.work import is_work
from yarl import URL

from tests.unit.gate.conftest import Scene, played

CHAT = "/api/chat"
QUIET = [("GET", "/api/tags"), ("GET", "/api/ps"), ("GET", "/api/version"), ("GET", "/"), ("HEAD", "/"),
         ("GET", "/v1/models"), ("GET", "/metrics"), ("GET", "/health"), ("POST", "/api/show"),
         ("GET", "/api/chat")]  # fmt: skip
LOUD = [
    "/api/chat", "/api/generate", "/api/embed", "/api/embeddings", "/v1/chat/completions", "/v1/completions",
    "/v1/embeddings", "/v1/responses", "/api/pull", "//api/chat", "/api/chat/",
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), QUIET)
def test_probes_lists_and_scrapes_are_no_work(method: str, path: str) -> None:
    assert not is_work(method, path)


@pytest.mark.parametrize("path", LOUD)
def test_what_a_model_must_do_is_work(path: str) -> None:
    assert is_work("POST", path)


def test_a_stream_of_twenty_minutes_is_not_idle_and_arrives_piece_by_piece() -> None:
    async def story(stage: Scene) -> None:
        async with stage.client.post(CHAT, json={"model": "tiny"}) as answer:
            assert answer.headers["X-Model"] == "tiny"
            # The first piece is here while the answer goes on.
            assert await answer.content.readline() == b'{"a":1}\n'
            stage.clock.now += 20 * 60
            found = await stage.activity()
            assert (found["in_flight"], found["idle_seconds"]) == (1, 0)
            async with stage.client.post("/close", json={"idle_seconds": 0}) as refused:
                assert refused.status == 409
            stage.upstream.go.set()
            assert await answer.content.read() == b'{"done":true}\n'
        await stage.until(lambda now: now["in_flight"] == 0)
        stage.clock.now += 90
        assert (await stage.activity())["idle_seconds"] == 90

    played(story)


def test_lists_pass_and_leave_the_machine_idle() -> None:
    async def story(stage: Scene) -> None:
        stage.clock.now += 1800
        for method, path in QUIET:
            stage.upstream.go.set()
            async with stage.client.request(method, path) as answer:
                assert answer.status == 200
        assert (await stage.activity()) == {"in_flight": 0, "idle_seconds": 1800, "served": 0, "closed_seconds": 0}

    played(story)


def test_a_request_in_the_last_second_wins_over_the_close() -> None:
    async def story(stage: Scene) -> None:
        stage.clock.now += 1799.9
        stage.upstream.go.set()
        async with stage.client.post(CHAT, json={}) as answer:
            assert answer.status == 200
            await answer.read()
        await stage.until(lambda now: now["served"] == 1)
        async with stage.client.post("/close", json={"idle_seconds": 1800}) as refused:
            assert refused.status == 409
            assert (await refused.json())["idle_seconds"] == 0

    played(story)


def test_a_closed_gate_refuses_work_cleanly_and_opens_by_itself() -> None:
    async def story(stage: Scene) -> None:
        stage.upstream.go.set()
        stage.clock.now += 1800
        async with stage.client.post("/close", json={"idle_seconds": 1800}) as closed:
            assert (closed.status, (await closed.json())["closed_seconds"]) == (200, 300)
        async with stage.client.post(CHAT, json={}) as refused:
            assert (refused.status, refused.headers["Retry-After"]) == (503, "300")
            assert "vm-start" in (await refused.json())["error"]
        async with stage.client.get("/api/tags") as listed:
            assert listed.status == 200
        stage.clock.now += 301
        async with stage.client.post(CHAT, json={}) as answer:
            assert answer.status == 200
        async with stage.client.post("/close", json={"idle_seconds": 0}):
            pass
        async with stage.client.post("/open", json={}):
            pass
        async with stage.client.post(CHAT, json={}) as answer:
            assert answer.status == 200

    played(story)


def test_a_client_that_goes_ends_its_request_at_ollama() -> None:
    async def story(stage: Scene) -> None:
        async with stage.client.post(CHAT, json={}) as answer:
            await answer.content.readline()
            answer.close()
        await asyncio.wait_for(stage.upstream.cancelled.wait(), 20)
        await stage.until(lambda now: now["in_flight"] == 0)

    played(story)


def test_half_an_answer_does_not_look_like_a_whole_one() -> None:
    async def story(stage: Scene) -> None:
        stage.upstream.cut = True
        stage.upstream.go.set()
        async with stage.client.post(CHAT, json={}) as answer:
            with pytest.raises((ClientPayloadError, aiohttp.ClientConnectionError)):
                await answer.read()
        await stage.until(lambda now: now["in_flight"] == 0)

    played(story)


def test_an_ollama_that_stands_still_does_not_keep_the_machine() -> None:
    async def story(stage: Scene) -> None:
        async with stage.client.post(CHAT, json={}) as answer:
            with pytest.raises((ClientPayloadError, aiohttp.ClientConnectionError)):
                await answer.read()
        await stage.until(lambda now: now["in_flight"] == 0)

    played(story, silence_seconds=0.2)


def test_bodies_and_queries_go_through_untouched() -> None:
    async def story(stage: Scene) -> None:
        stage.upstream.go.set()
        body = bytes(range(256)) * 20_000
        headers = {"X-Own": "1", "Connection": "X-Hop", "X-Hop": "no"}
        url = URL(f"{CHAT}?a=%2F&b=%20", encoded=True)
        async with stage.client.post(url, data=BytesIO(body), headers=headers) as answer:
            await answer.read()
        (seen,) = stage.upstream.seen
        assert seen["path"] == f"{CHAT}?a=%2F&b=%20"
        assert seen["body"] == body
        assert seen["headers"]["X-Own"] == "1"
        assert "X-Hop" not in seen["headers"]

    played(story)


def test_an_ollama_that_is_away_is_told_with_502() -> None:
    async def story(stage: Scene) -> None:
        await stage.server.close()
        async with stage.client.post(CHAT, json={}) as answer:
            assert answer.status == 502
            assert "Ollama gives no answer" in (await answer.json())["error"]
        assert (await stage.activity())["in_flight"] == 0

    played(story)


def test_a_faulty_close_is_refused() -> None:
    async def story(stage: Scene) -> None:
        for body in ("", "[]", "{}", '{"idle_seconds": -1}', '{"idle_seconds": "soon"}', '{"idle_seconds": NaN}'):
            async with stage.client.post("/close", data=body) as answer:
                assert answer.status == 400, body

    played(story)


def test_no_request_is_let_in_after_a_close_that_was_granted() -> None:
    """Two hundred clients and a closer at once: every request is either answered whole or refused, none is cut."""

    async def story(stage: Scene) -> None:
        stage.upstream.go.set()
        outcomes: list[tuple[int, bytes]] = []
        closed_at: list[int] = []

        async def ask() -> None:
            async with stage.client.post(CHAT, json={}) as answer:
                outcomes.append((answer.status, await answer.read()))

        async def close() -> None:
            while not closed_at:
                async with stage.client.post("/close", json={"idle_seconds": 0}) as answer:
                    if answer.status == 200:
                        found = await answer.json()
                        assert found["in_flight"] == 0
                        closed_at.append(len(stage.upstream.seen))
                        return
                    assert answer.status == 409
                await asyncio.sleep(0)

        await asyncio.gather(close(), *(ask() for _ in range(200)))
        # What arrived at Ollama afterwards would have been let in by a closed gate.
        assert len(stage.upstream.seen) == closed_at[0]
        whole = b'{"a":1}\n{"done":true}\n'
        assert all(body == whole if status == 200 else status == 503 for status, body in outcomes)
        assert len(outcomes) == 200

    played(story)
