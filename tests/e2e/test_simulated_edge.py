"""Public names by real requests: logins, keys, limits, and connectors that come, change, die and leave."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from simulators.cloudflare.edge import connectors
from simulators.cloudflare.exposure import exposures
from tests.e2e.edge_origin import LARGE, Origin, serving_origin
from tests.e2e.edge_rig import Rig, Visitor, docker, edge_rig, wait_until
from tests.unit.simulators.edge.zone import OWNER

CHAT, API, OPEN = "https://chat.dev.test", "https://api.dev.test", "https://open.dev.test"
LIMIT = {"characteristics": ["cf.colo.id", "ip.src"], "period": 60, "requests_per_period": 3, "mitigation_timeout": 60}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with edge_rig(tmp_path_factory.mktemp("edge")) as made:
        yield made


@pytest.fixture(scope="module")
def origin(rig: Rig) -> Iterator[Origin]:
    with serving_origin(rig.door.partition(":")[0]) as made:
        yield made


@pytest.fixture(scope="module")
def key(rig: Rig) -> dict[str, str]:
    made = rig.zone.key()
    return {
        "id": made["id"],
        "CF-Access-Client-Id": made["client_id"],
        "CF-Access-Client-Secret": made["client_secret"],
    }


@pytest.fixture(scope="module", autouse=True)
def tunnel(rig: Rig, origin: Origin, key: dict[str, str]) -> str:
    """One private name, one for programs too, one for anybody, and a connector that serves them."""
    zone, made = rig.zone, rig.zone.tunnel()
    programs = zone.policy({"service_token": {"token_id": key["id"]}}, decision="non_identity")
    chat = zone.login("chat.dev.test")
    api = zone.login("api.dev.test", zone.policy(OWNER), programs, service_auth_401_redirect=True)
    zone.ruleset("http_ratelimit", '(http.host eq "open.dev.test")', ratelimit=LIMIT)
    zone.ruleset("http_request_firewall_custom", '(http.host eq "open.dev.test") and not (http.request.method in '
                 '{"GET" "HEAD"} and (starts_with(http.request.uri.path, "/public/")))')  # fmt: skip
    guarded = [rule(origin, "chat.dev.test", chat["aud"]), rule(origin, "api.dev.test", api["aud"])]
    zone.route(made, *guarded, rule(origin, "open.dev.test"))
    rig.connected(made)
    for name in ("chat.dev.test", "api.dev.test", "open.dev.test"):
        zone.lead(name, made)
    return made


def rule(origin: Origin, hostname: str, audience: str = "", **request: Any) -> dict[str, Any]:
    access = {"access": {"required": True, "teamName": "dev", "audTag": [audience]}} if audience else {}
    return {"hostname": hostname, "service": origin.url, "originRequest": {**access, **request}}


def logged_in(rig: Rig, url: str = CHAT) -> Visitor:
    visitor = rig.visitor()
    page = visitor.ask(url).headers["Location"]
    visitor.post(page, email="owner@dev.test")
    visitor.ask(visitor.post(page, email="owner@dev.test", code=rig.pin()).headers["Location"])
    return visitor


def test_a_name_that_is_told_to_be_behind_a_login_is_and_passes_who_logs_in(rig: Rig, origin: Origin) -> None:
    assert exposures(rig.service.account) == {
        "chat.dev.test": "login", "api.dev.test": "login", "open.dev.test": "limit",
    }  # fmt: skip
    before = origin.asked
    for url in (CHAT, API):
        for method in ("GET", "POST", "DELETE"):
            answer = rig.visitor().ask(f"{url}/x", method, {"Cf-Access-Jwt-Assertion": "forged"})
            assert (answer.status, "dev.cloudflareaccess.com" in answer.headers["Location"]) == (302, True)
    foe = rig.visitor()
    page = foe.ask(CHAT).headers["Location"]
    assert foe.post(page, email="foe@elsewhere.test").status == 403
    assert foe.post(page, email="owner@dev.test", code="000000").status == 400
    assert origin.asked == before
    told = logged_in(rig).ask(f"{CHAT}/c/1?q=a%20b", headers={"CF-Connecting-IP": "10.0.0.1"}).json()
    assert told["target"] == "/c/1?q=a%20b"
    assert told["headers"]["Host"] == "chat.dev.test"
    assert told["headers"]["Cf-Connecting-Ip"] == told["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert told["headers"]["Cf-Access-Authenticated-User-Email"] == "owner@dev.test"


def test_a_program_passes_with_its_key_until_that_is_revoked(rig: Rig, key: dict[str, str]) -> None:
    shown = {name: value for name, value in key.items() if name != "id"}
    told = rig.visitor().ask(API, "POST", shown, b"question").json()
    assert (told["method"], told["length"]) == ("POST", 8)
    assert not any(name.lower().startswith("cf-access-client") for name in told["headers"])
    assert rig.visitor().ask(API, headers={**shown, "CF-Access-Client-Secret": "wrong"}).status == 401
    assert rig.visitor().ask(CHAT, headers=shown).status == 302
    rig.zone.call("DELETE", f"access/service_tokens/{key['id']}")
    assert rig.visitor().ask(API, headers=shown).status == 401


def test_a_public_name_takes_its_paths_and_so_many_requests_of_an_address(rig: Rig) -> None:
    visitor = rig.visitor("127.0.0.21")
    assert visitor.ask(f"{OPEN}/private").status == 403
    assert visitor.ask(f"{OPEN}/public/a", "POST", body=b"x" * 500_000).status == 403
    assert [visitor.ask(f"{OPEN}/public/a").status for _ in range(4)] == [200, 200, 200, 429]
    assert 0 < int(visitor.ask(f"{OPEN}/public/a").headers["Retry-After"]) <= 60
    assert rig.visitor("127.0.0.22").ask(f"{OPEN}/public/a").status == 200


def test_the_connector_itself_refuses_what_passed_no_login(rig: Rig, origin: Origin, tunnel: str) -> None:
    """Somebody takes the login away at the account, and the rule still asks for it."""
    zone = rig.zone
    application = zone.login("lost.dev.test")
    session = application["aud"]
    before = rig.service.account.configurations[tunnel]["config"]["ingress"]
    zone.route(tunnel, *before[:-1], rule(origin, "lost.dev.test", session), rule(origin, "other.dev.test", "0" * 64))
    zone.lead("lost.dev.test", tunnel)
    zone.lead("other.dev.test", tunnel)
    wait_until(lambda: rig.visitor().ask("https://other.dev.test").status == 403)
    visitor = logged_in(rig, "https://lost.dev.test")
    assert visitor.ask("https://lost.dev.test").status == 200
    rig.edge.keys.rotate(0)
    assert visitor.ask("https://lost.dev.test").status == 302
    assert logged_in(rig, "https://lost.dev.test").ask("https://lost.dev.test").status == 200
    zone.call("DELETE", f"access/apps/{application['id']}")
    asked = origin.asked
    assert visitor.ask("https://lost.dev.test").status == 403
    forged = {"Cf-Access-Jwt-Assertion": visitor.cookies["lost.dev.test"].partition("=")[2]}
    assert visitor.ask("https://lost.dev.test", headers=forged).status == 403
    assert origin.asked == asked


def test_streams_uploads_and_downloads_pass_as_they_come(rig: Rig, origin: Origin) -> None:
    visitor = logged_in(rig)
    events = visitor.ask(f"{CHAT}/events", preload_content=False).stream(100)
    assert next(events) == b"data: first\n\n"
    origin.released.set()
    assert b"".join(events) == b"data: second\n\n"
    for body in (LARGE, iter([LARGE[:5_000_000], LARGE[5_000_000:]])):
        told = visitor.ask(f"{CHAT}/upload", "PUT", body=body).json()
        assert (told["length"], told["digest"]) == (len(LARGE), hashlib.sha256(LARGE).hexdigest())
    assert visitor.ask(f"{CHAT}/large").data == LARGE
    assert visitor.ask(f"{CHAT}/large", "HEAD").headers["Content-Length"] == str(len(LARGE))


class ToEdge(AbstractResolver):
    """Every name is at the edge."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        return [{"hostname": host, "host": "127.0.0.1", "port": self.port, "family": family, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        """Holds nothing."""


def test_a_websocket_passes_for_who_is_logged_in(rig: Rig) -> None:
    visitor = logged_in(rig)
    trusted = ssl.create_default_context(cafile=str(visitor.authority))

    async def talk(cookie: str) -> tuple[str, bytes]:
        connector = aiohttp.TCPConnector(resolver=ToEdge(rig.port), ssl=trusted)
        async with asyncio.timeout(30), aiohttp.ClientSession(connector=connector) as session:
            socket = session.ws_connect(
                f"wss://chat.dev.test:{rig.port}/socket", headers={"Cookie": cookie}, max_msg_size=1 << 26
            )
            async with socket as opened:
                hello = await opened.receive_str()
                await opened.send_bytes(LARGE)
                return hello, await opened.receive_bytes()

    assert asyncio.run(talk(visitor.cookies["chat.dev.test"])) == ("hello owner@dev.test", LARGE)
    with pytest.raises(aiohttp.ClientError):
        asyncio.run(talk("CF_Authorization=x.y.z"))


def test_an_origin_that_is_down_is_told_and_comes_back(rig: Rig, origin: Origin) -> None:
    visitor = logged_in(rig)
    origin.close()
    try:
        assert visitor.ask(CHAT).status == 502
    finally:
        origin.open()
    assert visitor.ask(CHAT).status == 200


def test_a_changed_routing_is_followed_without_a_restart(rig: Rig, origin: Origin) -> None:
    zone, tunnel, visitor = rig.zone, rig.zone.tunnel("changing"), rig.visitor()
    zone.lead("moved.dev.test", tunnel)
    assert b"1033" in visitor.ask("https://moved.dev.test").data
    connector = rig.connected(tunnel)
    started = connector.inspect("{{.State.StartedAt}}")
    assert visitor.ask("https://moved.dev.test").status == 404
    zone.route(tunnel, rule(origin, "moved.dev.test", httpHostHeader="inside"))
    wait_until(lambda: visitor.ask("https://moved.dev.test").status == 200)
    assert visitor.ask("https://moved.dev.test").json()["headers"]["Host"] == "inside"
    zone.route(tunnel, {"hostname": "*.dev.test", "path": "^/kept$", "service": origin.url})
    wait_until(lambda: visitor.ask("https://moved.dev.test").status == 404)
    assert visitor.ask("https://moved.dev.test/kept").status == 200
    assert connector.inspect("{{.State.StartedAt}}") == started


def test_a_second_connector_stands_in_and_a_tunnel_goes_when_nobody_holds_it(
    rig: Rig, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connectors, "OPEN_SECONDS", 3.0)
    zone, tunnel, visitor = rig.zone, rig.zone.tunnel("two"), rig.visitor()
    zone.route(tunnel, rule(origin, "two.dev.test"))
    zone.lead("two.dev.test", tunnel)
    first, second = rig.connected(tunnel), rig.connected(tunnel)
    told = zone.call("GET", f"cfd_tunnel/{tunnel}/connections")
    assert [len(each["conns"]) for each in told] == [4, 4]
    docker("pause", first.name)
    assert [visitor.ask("https://two.dev.test").status for _ in range(10)] == [200] * 10
    docker("unpause", first.name)
    wait_until(lambda: len(zone.call("GET", f"cfd_tunnel/{tunnel}/connections")) == 2)
    docker("kill", first.name)
    assert [visitor.ask("https://two.dev.test").status for _ in range(10)] == [200] * 10
    with pytest.raises(AssertionError, match="1022"):
        zone.call("DELETE", f"cfd_tunnel/{tunnel}")
    zone.call("DELETE", f"cfd_tunnel/{tunnel}/connections")
    wait_until(lambda: len(zone.call("GET", f"cfd_tunnel/{tunnel}/connections")) == 1)
    _stopped_gracefully(rig, origin, second.name)
    assert zone.call("GET", f"cfd_tunnel/{tunnel}/connections") == []
    zone.call("DELETE", f"cfd_tunnel/{tunnel}")


def _stopped_gracefully(rig: Rig, origin: Origin, name: str) -> None:
    """What was asked before is answered to its end; what comes then finds nobody."""
    origin.released.clear()
    events = rig.visitor().ask("https://two.dev.test/events", preload_content=False).stream(100)
    assert next(events) == b"data: first\n\n"
    stop = threading.Thread(target=docker, args=("stop", "--time", "30", name))
    stop.start()
    wait_until(lambda: rig.visitor().ask("https://two.dev.test").status == 530)
    origin.released.set()
    assert b"".join(events) == b"data: second\n\n"
    stop.join(30)
    assert docker("inspect", "--format", "{{.State.ExitCode}}", name).stdout.strip() == "0"


def test_a_connector_comes_back_to_an_edge_that_was_away(rig: Rig, origin: Origin) -> None:
    tunnel = rig.zone.tunnel("away")
    rig.zone.route(tunnel, rule(origin, "away.dev.test"))
    rig.zone.lead("away.dev.test", tunnel)
    connector = rig.connected(tunnel)
    visitor = logged_in(rig)
    rig.stop()
    try:
        wait_until(lambda: not connector.ready)
    finally:
        rig.start()
    wait_until(lambda: rig.visitor().ask("https://away.dev.test").status == 200)
    wait_until(lambda: visitor.ask(CHAT).status == 200)


def test_a_connector_with_a_token_of_another_time_ends_and_says_why(rig: Rig, tunnel: str) -> None:
    token = rig.zone.call("GET", f"cfd_tunnel/{tunnel}/token")
    other = rig.zone.tunnel("gone")
    old = rig.zone.call("GET", f"cfd_tunnel/{other}/token")
    rig.zone.call("DELETE", f"cfd_tunnel/{other}")
    for wrong, told in ((old, "Unauthorized: Invalid tunnel secret"), (token[5:], "token is not valid")):
        connector = rig.connector(tunnel, wrong)
        assert docker("wait", connector.name).stdout.strip() == "1"
        assert told in connector.log
        assert wrong not in connector.log
