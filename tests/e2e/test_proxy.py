"""Real nginx with the planned configuration, and the real check: who comes through, and to whom."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import requests

from planning.plan import Container
from tests.e2e.inference_container import address
from tests.e2e.proxy_scene import AUDIENCES, LABELS, ProxyScene, proxy_scene
from tests.unit.access_check.team import EMAIL, assertion, published


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxyScene]:
    folder: Path = tmp_path_factory.mktemp("secrets")
    folder.chmod(0o755)
    (folder / "audiences.json").write_text(json.dumps(AUDIENCES), encoding="utf-8")
    with proxy_scene([published("first")], str(folder)) as made:
        yield made


def token(name: str, **other: Any) -> str:
    return assertion(aud=[AUDIENCES[name]], **other)


def login(name: str, **other: Any) -> dict[str, str]:
    return {"Cf-Access-Jwt-Assertion": token(name, **other)}


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


def test_a_configuration_that_nginx_does_not_take_replaces_nothing(scene: ProxyScene) -> None:
    plan = scene.container("proxy")
    running = scene.running["proxy"]
    environment = f"proxy-{uuid.uuid4().hex[:8]}"
    labels = {"ai-platform.environment": environment, "ai-platform.service": "proxy", **LABELS}
    old = scene.client.containers.create(plan.image, labels=labels)
    try:
        for change, works in (("", True), ("no_such_word 1;", False)):
            spec = {
                "environment": environment, "service": "proxy", "image": plan.image, "network": scene.network.name,
                "entrypoint": list(plan.entrypoint), "read_only": True, "tmpfs": {"/tmp": "mode=1777"},
                "cap_drop": ["ALL"], "security_opts": ["no-new-privileges"], "timeout_seconds": 60,
                "env": [entry.replace("http {", f"http {{ {change}", 1) for entry in plan.environment],
                "healthcheck": {"tests": health_tests(plan), "timeout": "5s"},
            }  # fmt: skip
            done = subprocess.run([sys.executable, "-m", "operations.rehearse"], input=json.dumps(spec), text=True,
                                  capture_output=True, timeout=120, check=False)  # fmt: skip
            assert (done.returncode == 0) is works, done.stderr
        assert 'unknown directive "no_such_word"' in done.stderr
    finally:
        old.remove(force=True, v=True)
    running.reload()
    assert running.status == "running"


def health_tests(plan: Container) -> list[str]:
    assert plan.healthcheck
    return [part.replace("$$", "$") for part in plan.healthcheck.test]
