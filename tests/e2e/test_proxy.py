"""Real nginx with the planned configuration, and the real check: who comes through, and to whom."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
import requests

from operations.failure import Failure
from tests.e2e.inference_container import address
from tests.e2e.live_files import give
from tests.e2e.proxy_scene import AUDIENCES, ROUTES, ProxyScene, planned, proxy_scene
from tests.unit.access_check.team import EMAIL, assertion, published


@pytest.fixture(scope="module")
def scene() -> Iterator[ProxyScene]:
    with proxy_scene([published("first")]) as made:
        yield made


def token(name: str, **other: Any) -> str:
    return assertion(aud=[AUDIENCES[name]], **other)


def login(name: str, **other: Any) -> dict[str, str]:
    return {"Cf-Access-Jwt-Assertion": token(name, **other)}


def login_for(audience: str) -> dict[str, str]:
    return {"Cf-Access-Jwt-Assertion": assertion(aud=[audience])}


def started(container: Any) -> tuple[str, str, int]:
    """Differs when the container was replaced or started again."""
    container.reload()
    return container.id, container.attrs["State"]["StartedAt"], container.attrs["RestartCount"]


def told(answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_only_who_passed_the_login_of_this_name_comes_through(scene: ProxyScene) -> None:
    name = "mlflow.example.com"
    assert told(scene.ask(name, "/a?b=c", headers=login(name)))["path"] == "/a?b=c"
    strangers: list[dict[str, str]] = [
        {}, login("app.example.com"), login(name, exp=1), login(name, signed_by="other"),
        {"Cf-Access-Jwt-Assertion": "x"}, {"Cookie": "CF_Authorization=x"},
    ]  # fmt: skip
    for headers in strangers:
        for method in ("GET", "POST", "OPTIONS"):
            answer = scene.ask(name, "/a", method, headers=headers)
            assert (answer.status_code, "no valid login" in answer.json()["detail"]) == (403, True)


def test_the_cookie_of_a_browser_is_as_good_as_the_header_but_does_not_mend_a_bad_one(scene: ProxyScene) -> None:
    name = "mlflow.example.com"
    cookie = {"Cookie": f"CF_Authorization={token(name)}"}
    assert scene.ask(name, headers=cookie).status_code == 200
    assert scene.ask(name, headers=cookie | {"Cf-Access-Jwt-Assertion": "x"}).status_code == 403


def test_a_service_learns_who_came_from_the_login_and_not_from_the_client(scene: ProxyScene) -> None:
    lies = {
        "Cf-Access-Authenticated-User-Email": "thief@example.com", "X-Forwarded-For": "6.6.6.6", "X-Real-IP": "6.6.6.6",
        "X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "thief.example.com", "Forwarded": "for=6.6.6.6",
        "X-Forwarded-Port": "6666", "Cf-Access-Client-Secret": "of a key",
        "X_Forwarded_For": "6.6.6.6", "CF-Connecting-IP": "203.0.113.9",
    }  # fmt: skip
    name = "mlflow.example.com"
    headers = told(scene.ask(name, headers=lies | login(name)))["headers"]
    assert headers["cf-access-authenticated-user-email"] == EMAIL
    assert headers["cf-access-jwt-assertion"].count(".") == 2
    assert (headers["x-forwarded-for"], headers["x-real-ip"]) == ("203.0.113.9", "203.0.113.9")
    assert (headers["x-forwarded-proto"], headers["x-forwarded-host"], headers["host"]) == ("https", name, name)
    assert not {"forwarded", "x-forwarded-port", "cf-access-client-secret"} & headers.keys()
    for name in ("mlflow.example.com", "app.example.com"):
        assert told(scene.ask(f"{name}:8443", headers=login(name)))["headers"]["host"] == f"{name}:8443"
    public = told(scene.ask("chat.example.com", headers=lies | login(name)))["headers"]
    assert "cf-access-jwt-assertion" not in public
    assert "cf-access-authenticated-user-email" not in public
    assert "6.6.6.6" not in json.dumps([headers, public])


def test_what_is_no_name_of_the_platform_and_the_proxy_s_own_pages_are_not_found(scene: ProxyScene) -> None:
    private, public = "mlflow.example.com", "chat.example.com"
    for name, path in (("other.example.com", "/"), ("postgres", "/"), ("", "/"), (private, "/-/access"),
                       (private, "/-/refused/login"), (public, "/-/refused/away")):  # fmt: skip
        headers = login("mlflow.example.com")
        assert scene.ask(name, path, headers=headers).status_code in (400, 404)


def test_answers_stream_and_sockets_stay_open(scene: ProxyScene) -> None:
    async def story() -> None:
        timeout = aiohttp.ClientTimeout(total=30)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            name = "mlflow.example.com"
            headers = {"Host": name, **login(name)}
            async with session.get(f"{scene.url}/events", headers=headers) as events:
                assert await events.content.readuntil(b"\n\n") == b"data: first\n\n"
                async with session.post(f"{scene.url}/release", headers=headers) as released:
                    assert released.status == 200
                assert await events.content.readuntil(b"\n\n") == b"data: second\n\n"
            for name in AUDIENCES:
                async with session.ws_connect(f"{scene.url}/ws", headers={"Host": name, **login(name)}) as socket:
                    for word in ("one", "two"):
                        await socket.send_str(word)
                        assert (await socket.receive_str()).endswith(f" {word}")
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await session.ws_connect(f"{scene.url}/ws", headers={"Host": name})

    asyncio.run(story())


def test_large_bodies_go_through_where_one_service_stands_and_are_bounded_where_several_do(scene: ProxyScene) -> None:
    body = b"x" * 40_000_000
    assert told(scene.ask("chat.example.com", "/", "POST", data=body))["bytes"] == len(body)
    answer = scene.ask("open.example.com", "/", "POST", data=body)
    assert (answer.status_code, answer.json()) == (413, {"detail": "the body is too large"})


def test_requests_are_shared_out_by_weight_and_a_browser_stays_where_it_is(scene: ProxyScene) -> None:
    assert "ai_platform_draw=" in scene.ask("open.example.com").headers["Set-Cookie"]
    sides = Counter(told(scene.ask("open.example.com"))["side"] for _ in range(200))
    assert 3 <= sides["web-next"] <= 60
    for draw in ("0" * 32, "f" * 32, "5" * 32):
        browser = {"Cookie": f"ai_platform_draw={draw}"}
        asked = [scene.ask("open.example.com", headers=browser) for _ in range(10)]
        assert len({told(one)["side"] for one in asked}) == 1
        assert not any("Set-Cookie" in one.headers for one in asked)


def test_an_answer_of_the_service_itself_is_left_as_it_is(scene: ProxyScene) -> None:
    for name in ("chat.example.com", "open.example.com"):
        for status in (401, 403, 413, 500, 503):
            answer = scene.ask(name, f"/?status={status}")
            assert (answer.status_code, answer.json()["path"]) == (status, f"/?status={status}")


def test_a_killed_side_costs_no_request_and_is_found_again_under_its_new_address(scene: ProxyScene) -> None:
    scene.running["web"].kill()
    name = "app.example.com"
    for number in range(30):
        answer = scene.ask(name, "/", "POST" if number % 2 else "GET", data=b"x" * 10_000, headers=login(name))
        assert told(answer)["side"] == "web-next"
    scene.remove("web")
    # Its address goes to somebody else, so that it comes back under another.
    scene.serve("somebody-else", 8080)
    scene.serve("web", 8080)
    scene.until(lambda: told(scene.ask(name, headers=login(name)))["side"] == "web")


def test_a_service_that_is_away_is_told_as_such_and_found_again_under_its_new_address(scene: ProxyScene) -> None:
    scene.remove("open-webui")
    answer = scene.ask("chat.example.com")
    assert (answer.status_code, "does not answer" in answer.json()["detail"]) == (503, True)
    scene.serve("another", 8080)
    scene.serve("open-webui", 8080)
    scene.until(lambda: scene.ask("chat.example.com").status_code == 200)


def test_a_name_is_added_and_taken_away_while_what_is_under_way_goes_on(scene: ProxyScene) -> None:
    name, new = "mlflow.example.com", "new.example.com"
    containers = [scene.running["proxy"], scene.running["access-check"]]
    began = [started(one) for one in containers]
    routes = [*ROUTES, {"hostname": new, "service": "mlflow", "access": "private"}]
    known = AUDIENCES | {new: "c" * 64}

    async def story() -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            headers = {"Host": name, **login(name)}
            async with (
                session.get(f"{scene.url}/events", headers=headers) as events,
                session.ws_connect(f"{scene.url}/ws", headers=headers) as socket,
            ):
                assert await events.content.readuntil(b"\n\n") == b"data: first\n\n"
                for audiences, rows, status in ((known, routes, 200), (AUDIENCES, ROUTES, 404)):
                    scene.plan = planned(scene.images, rows)
                    await asyncio.to_thread(scene.give, audiences)
                    answer = await asyncio.to_thread(scene.ask, new, headers=login_for("c" * 64))
                    assert answer.status_code == status
                    assert (await asyncio.to_thread(scene.ask, new)).status_code == {200: 403}.get(status, status)
                    await socket.send_str("still here")
                    assert await socket.receive_str() == "mlflow still here"
                async with session.post(f"{scene.url}/release", headers=headers) as released:
                    assert released.status == 200
                assert await events.content.readuntil(b"\n\n") == b"data: second\n\n"

    asyncio.run(story())
    assert [started(one) for one in containers] == began


def test_what_is_given_again_is_not_loaded_again(scene: ProxyScene) -> None:
    def processes() -> set[str]:
        return {row[1] for row in scene.running["proxy"].top()["Processes"]}

    scene.give(AUDIENCES)
    before = processes()
    scene.give(AUDIENCES)
    assert processes() <= before


def test_new_keys_of_the_team_are_followed(scene: ProxyScene) -> None:
    name = "mlflow.example.com"
    requests.put(f"http://{address(scene.running['team'])}:8080/certs", json=[published("second")], timeout=30)
    scene.until(lambda: scene.ask(name, headers=login(name, key="second")).status_code == 200)
    assert scene.ask(name, headers=login(name)).status_code == 403


def test_without_the_check_nobody_comes_in(scene: ProxyScene) -> None:
    scene.remove("access-check")
    name = "mlflow.example.com"
    answer = scene.ask(name, headers=login(name, key="second"))
    assert (answer.status_code, "cannot be checked" in answer.json()["detail"]) == (503, True)
    assert scene.ask("chat.example.com").status_code == 200


def test_what_nginx_does_not_take_is_refused_with_its_words_and_the_old_configuration_serves(scene: ProxyScene) -> None:
    plan, proxy = scene.container("proxy"), scene.running["proxy"]
    assert plan.live
    (file,) = plan.live.files
    broken = replace(file, template=file.template.replace("http {", "http { no_such_word 1;", 1))
    with pytest.raises(Failure, match=r'(?s)goes on as before.*unknown directive "no_such_word"'):
        give(proxy, replace(plan, live=replace(plan.live, files=(broken,))), {})
    assert scene.ask("chat.example.com").status_code == 200
    proxy.restart(timeout=10)
    scene.until(lambda: scene.ask("chat.example.com").status_code == 200)


def test_a_proxy_without_a_configuration_is_healthy_and_closed_until_it_is_given_one(scene: ProxyScene) -> None:
    proxy = scene.running["proxy"]
    assert proxy.exec_run(["rm", "/live/current"], user="0:0").exit_code == 0
    proxy.restart(timeout=10)
    scene.until(scene.healthy)
    for path in ("/", "/-/health"):
        assert {scene.ask(name, path).status_code for name in ("chat.example.com", "other.example.com")} == {503}
    give(proxy, scene.container("proxy"), {})
    assert scene.ask("chat.example.com").status_code == 200
