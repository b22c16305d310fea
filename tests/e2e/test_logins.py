"""People log in by Authelia as the plan sets it up: at internal names over TLS, at public ones behind the tunnel."""

from __future__ import annotations

import json
import socket
import ssl
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from http.client import HTTPConnection
from typing import Any

import docker
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from docker.models.containers import Container

from planning.addresses import finish
from planning.build import build
from planning.names import internal_names
from planning.plan import Container as Planned
from planning.plan import Plan
from providers.certificates.plugin import issuing
from settings.load import load
from tests.e2e.live_files import give
from tests.e2e.planned_container import LABEL, remove, start
from toolchain.images import ensure_images

LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}
SERVICES = ("postgres", "s3", "mlflow", "names", "proxy", "tunnel", "authelia")
DOMAINS = {"names": "office.internal", "proxy": "example.com"}
"""What each service that stands before others is asked for."""
PASSWORDS = {"anna": "correct horse", "bob": "battery staple"}
# Stands where the plan has MLflow: it tells what reached it.
ECHO = """
import http.server, json
class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("0.0.0.0", 5000), Echo).serve_forever()
"""


def hashed(password: str) -> str:
    kdf = Argon2id(salt=b"salt of the test", length=32, iterations=1, lanes=1, memory_cost=64)
    return kdf.derive_phc_encoded(password.encode())


def routes(domain: str, login: str, nobody: str) -> list[dict[str, Any]]:
    return [
        {"hostname": f"wiki.{domain}", "service": "mlflow", "access": login, "login": "authelia", "people": ["anna"]},
        {"hostname": f"open.{domain}", "service": "mlflow", "access": nobody},
        {"hostname": f"auth.{domain}", "service": "authelia", "access": login, "login": "authelia"},
    ]


def planned(images: Mapping[str, str]) -> Plan:
    sections = {
        "hosts": {"local": LOCAL},
        "services": {name: {"host": "local"} for name in SERVICES},
        "routes": [*routes(DOMAINS["names"], "internal", "internal"), *routes(DOMAINS["proxy"], "private", "public")],
        "edge": {"account_id": "a" * 32, "zone_id": "b" * 32},
        "people": {name: {"name": name.title(), "email": f"{name}@example.com"} for name in PASSWORDS},
        "secrets": {"cloudflare-api-token": "t" * 40}
        | {f"login-{name}": hashed(password) for name, password in PASSWORDS.items()},
    }
    return build(load("test", sections, "Pulumi.test.yaml"), {"mlflow": "unused", **images})


@dataclass(frozen=True)
class Answer:
    """What came back, read to its end."""

    status: int
    headers: Message
    body: bytes

    @property
    def told(self) -> dict[str, str]:
        """The headers that reached the page."""
        found: dict[str, str] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class Front:
    """A service before others, asked as a browser of the office does (`trust`), or as the tunnel's connector does."""

    domain: str
    port: int
    trust: ssl.SSLContext | None

    def ask(self, label: str, path: str = "/", **headers: str) -> Answer:
        return self._send("GET", f"{label}.{self.domain}", path, b"", headers)

    def log_in(self, name: str, password: str) -> Answer:
        target = f"https://wiki.{self.domain}/"
        body = json.dumps({"username": name, "password": password, "targetURL": target}).encode()
        return self._send("POST", f"auth.{self.domain}", "/api/firstfactor", body, {"Content-Type": "application/json"})

    def cookie(self, name: str) -> str:
        answer = self.log_in(name, PASSWORDS[name])
        assert answer.status == 200
        return str(answer.headers["Set-Cookie"]).partition(";")[0]

    def _send(self, method: str, name: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        connection = HTTPConnection(name, timeout=20)
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        with closing(connection), plain:
            connection.sock = self.trust.wrap_socket(plain, server_hostname=name) if self.trust else plain
            connection.request(method, path, body or None, dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())


@dataclass(frozen=True)
class World:
    """What runs: Authelia, and what stands before a page that tells what reached it."""

    fronts: Mapping[str, Front]
    authelia: Container


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    images = ensure_images(["web", "authelia", "base"])
    plan = planned(images)
    now = datetime.now(UTC)
    authority = issuing.authority(issuing.new_key(), "the office", now, 10)
    served = issuing.server(authority.certificate, authority.key, internal_names(plan.environment), now, 5)
    secrets = {
        "certificate.names.certificate": served.certificate,
        "certificate.names.key": served.key,
        "password.authelia-session": "s" * 32,
        "password.authelia-storage": "k" * 32,
        **{f"secret.{name}": value.get_secret_value() for name, value in plan.environment.secrets.items()},
    }
    run = f"names-{uuid.uuid4().hex[:8]}"
    client = docker.from_env(timeout=60)
    client.networks.create(run, labels={LABEL: run})
    try:
        client.containers.run(
            images["base"], ["python3", "-c", ECHO], detach=True, labels={LABEL: run}, network=run,
            networking_config={run: client.api.create_endpoint_config(aliases=["mlflow"])},
        )  # fmt: skip
        names = ("authelia", *DOMAINS)
        started = {name: start(client, *_filled(plan, name, secrets), run, name) for name in names}
        for name, (container, _) in started.items():
            until_healthy(container)
            front = plan.service(name).container
            if front and front.live:
                give(container, front, secrets)
        trust = {"names": ssl.create_default_context(cadata=authority.certificate), "proxy": None}
        fronts = {name: Front(domain, started[name][1], trust[name]) for name, domain in DOMAINS.items()}
        yield World(fronts, started["authelia"][0])
    finally:
        remove(client, run)
        client.close()


def _filled(plan: Plan, name: str, secrets: Mapping[str, str]) -> tuple[Planned, dict[str, str]]:
    container = plan.service(name).container
    assert container
    return container, {one.path: finish(one.template, secrets) for one in container.files}


def until_healthy(container: Container) -> None:
    for _ in range(300):
        container.reload()
        if container.health == "healthy":
            return
        time.sleep(0.2)
    pytest.fail(f"{container.name} does not become healthy: {container.logs().decode()}")


@pytest.fixture(params=DOMAINS)
def front(world: World, request: pytest.FixtureRequest) -> Front:
    return world.fronts[request.param]


def test_a_page_without_a_login_is_served_by_the_name_it_is_asked_for(front: Front) -> None:
    told = front.ask("open", "/page").told
    assert (told["host"], told["x-forwarded-proto"]) == (f"open.{front.domain}", "https")


def test_who_is_not_logged_in_is_sent_to_the_login_page(front: Front) -> None:
    answer = front.ask("wiki", "/secret?a=1")
    assert answer.status == 302
    page = f"https://auth.{front.domain}/?rd=https%3A%2F%2Fwiki.{front.domain}%2Fsecret%3Fa%3D1"
    assert answer.headers["Location"].startswith(page)
    assert front.ask("auth").status == 200


def test_a_wrong_password_gets_no_session(front: Front) -> None:
    for name, password in (("anna", "wrong"), ("nobody", "wrong"), ("anna", PASSWORDS["bob"])):
        answer = front.log_in(name, password)
        assert (answer.status, answer.headers["Set-Cookie"]) == (401, None)


def test_who_logged_in_is_let_through_and_named(front: Front) -> None:
    answer = front.ask("wiki", Cookie=front.cookie("anna"))
    assert answer.status == 200
    assert (answer.told["remote-user"], answer.told["remote-email"]) == ("anna", "anna@example.com")


def test_who_is_not_admitted_there_gets_nothing(front: Front) -> None:
    assert front.ask("wiki", Cookie=front.cookie("bob")).status == 403


def test_nobody_can_say_for_themselves_who_they_are(front: Front) -> None:
    forged = {"Remote-User": "anna", "Remote-Groups": "admins", "X-Original-URL": f"https://open.{front.domain}/"}
    assert front.ask("wiki", **forged).status == 302
    assert "remote-user" not in front.ask("open", **forged).told
    told = front.ask("wiki", Cookie=front.cookie("anna"), **{**forged, "Remote-User": "root"}).told
    assert (told["remote-user"], told.get("remote-groups")) == ("anna", None)


def test_no_request_is_judged_as_one_for_another_name(front: Front) -> None:
    """Bob's cookie opens nothing of Anna's, whatever the request calls itself."""
    cookie, wiki, other = front.cookie("bob"), f"wiki.{front.domain}", f"open.{front.domain}"
    assert front.ask("wiki", f"https://{wiki}/", Host=other, Cookie=cookie).status == 403
    assert front.ask("open", Host=wiki, Cookie=cookie).status == 403


def test_a_login_at_one_domain_is_none_at_another(world: World) -> None:
    office, tunnel = world.fronts["names"], world.fronts["proxy"]
    assert tunnel.ask("wiki", Cookie=office.cookie("anna")).status == 302
    assert office.ask("wiki", Cookie=tunnel.cookie("anna")).status == 302


def test_a_name_that_is_not_listed_leads_nowhere(world: World) -> None:
    with pytest.raises(ssl.SSLError):
        world.fronts["names"].ask("other")
    assert world.fronts["proxy"].ask("other").status == 404
    assert world.fronts["proxy"].ask("wiki", Host=f"wiki.{DOMAINS['names']}").status == 404


def test_without_authelia_nobody_gets_in(world: World) -> None:
    cookies = {name: front.cookie("anna") for name, front in world.fronts.items()}
    world.authelia.kill()
    try:
        for name, front in world.fronts.items():
            assert front.ask("wiki", Cookie=cookies[name]).status >= 500
    finally:
        world.authelia.start()
        until_healthy(world.authelia)
