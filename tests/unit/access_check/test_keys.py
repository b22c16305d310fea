"""Keys are fetched when they are needed, forgotten when they are withdrawn, and never asked for too often."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from access_check.keys import usable

from .conftest import Scene, played
from .team import Team, assertion, published


def test_a_new_key_is_found_at_its_first_use_and_the_old_one_serves_beside_it() -> None:
    async def story(scene: Scene) -> None:
        assert await scene.check(assertion()) == 204
        scene.team.keys = [published("second"), published("first")]
        scene.clock.now += 11
        assert await scene.check(assertion(key="second")) == 204
        assert await scene.check(assertion()) == 204
        assert scene.team.asked == 2

    played(story)


def test_a_withdrawn_key_opens_nothing_any_more() -> None:
    async def story(scene: Scene) -> None:
        assert await scene.check(assertion()) == 204
        scene.team.keys = [published("second")]
        scene.clock.now += 11
        assert await scene.check(assertion(key="second")) == 204
        assert await scene.check(assertion()) == 401

    played(story)


def test_a_withdrawn_key_is_forgotten_even_when_nobody_asks_for_another() -> None:
    async def story(scene: Scene) -> None:
        assert await scene.check(assertion()) == 204
        scene.team.keys = [published("second")]

        async def refused() -> bool:
            scene.clock.now += 11
            return await scene.check(assertion()) == 401

        await scene.until(refused)

    played(story, refresh_seconds=0.05)


def test_strangers_cannot_make_us_ask_more_often_than_the_pause_allows() -> None:
    async def story(scene: Scene) -> None:
        await scene.check(assertion())
        tokens = [assertion(key=f"unknown-{number}", signed_by="other") for number in range(30)]
        assert set(await asyncio.gather(*(scene.check(token) for token in tokens))) == {401}
        assert scene.team.asked == 1
        scene.clock.now += 11
        assert set(await asyncio.gather(*(scene.check(token) for token in tokens))) == {401}
        assert scene.team.asked == 2

    played(story)


def test_known_keys_go_on_while_the_team_cannot_be_asked() -> None:
    async def story(scene: Scene) -> None:
        assert await scene.check(assertion()) == 204
        await scene.certificates.close()
        scene.clock.now += 10_000
        assert await scene.check(assertion(key="second")) == 401
        assert await scene.check(assertion()) == 204
        assert await scene.metric("access_check_keys_age_seconds") == 10_000

    played(story)


BROKEN: dict[str, dict[str, Any]] = {
    "fault": {"status": 500}, "elsewhere": {"status": 302}, "no keys": {"keys": []}, "no JSON": {"body": b"<html>"},
    "too large": {"body": b" " * 300_000}, "a list": {"body": b"[1]"},
}  # fmt: skip


@pytest.mark.parametrize("answer", BROKEN.values(), ids=list(BROKEN))
def test_without_any_key_nobody_is_let_in_and_readiness_tells_it(answer: dict[str, Any]) -> None:
    async def story(scene: Scene) -> None:
        assert await scene.check(assertion()) == 503
        told = {"keys": 0, "age_seconds": None, "names": 2, "version": "first"}
        assert await scene.told("/ready") == await scene.told("/keys") == (503, told)
        scene.team.status, scene.team.keys, scene.team.body = 200, [published("first")], None
        scene.clock.now += 11
        async with scene.client.get("/ready") as ready:
            assert ready.status == 200
        assert await scene.check(assertion()) == 204

    played(story, Team(**answer))


def test_an_answer_without_keys_does_not_take_those_that_are_known() -> None:
    async def story(scene: Scene) -> None:
        assert await scene.check(assertion()) == 204
        scene.team.keys = []
        scene.clock.now += 11
        assert await scene.check(assertion(key="second")) == 401
        assert await scene.check(assertion()) == 204

    played(story)


def test_a_team_that_does_not_answer_holds_nobody_up_for_long() -> None:
    async def story(scene: Scene) -> None:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        port = scene.certificates.port
        assert port is not None
        await scene.certificates.close()
        async with await asyncio.start_server(silent, "127.0.0.1", port):
            scene.clock.now += 11
            async with asyncio.timeout(20):
                assert await scene.check(assertion(key="second")) in (401, 503)

    played(story, fetch_seconds=0.2)


def test_keys_that_cannot_sign_for_us_are_passed_over() -> None:
    good = published("first")
    others = [
        {**good, "kid": "encrypts", "use": "enc"}, {**good, "kid": "512", "alg": "RS512"}, {**good, "kid": 5},
        {"kid": "secret", "kty": "oct", "k": "AAAA", "alg": "HS256"}, {**good, "kid": "broken", "n": "!"},
        published("small"), {"kid": "empty", "kty": "RSA"}, "key", None,
    ]  # fmt: skip
    assert list(usable({"keys": [*others, good]})) == ["first"]
    with pytest.raises(ValueError, match="without any RSA key"):
        usable(json.loads(json.dumps({"keys": others})))
