"""Internal names as the plan makes them: TLS by the environment's authority, and people who log in by Authelia."""

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
from http.client import HTTPSConnection

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
from tests.e2e.planned_container import LABEL, remove, start
from toolchain.images import ensure_images

LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}
SERVICES = ("postgres", "s3", "mlflow", "names", "authelia")
WIKI, OPEN, AUTH = "wiki.office.internal", "open.office.internal", "auth.office.internal"
ROUTES = [
    {"hostname": WIKI, "service": "mlflow", "access": "internal", "login": "authelia", "people": ["anna"]},
    {"hostname": OPEN, "service": "mlflow", "access": "internal"},
    {"hostname": AUTH, "service": "authelia", "access": "internal", "login": "authelia"},
]
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


def planned(images: Mapping[str, str]) -> Plan:
    sections = {
        "hosts": {"local": LOCAL},
        "services": {name: {"host": "local"} for name in SERVICES},
        "routes": ROUTES,
        "people": {name: {"name": name.title(), "email": f"{name}@example.com"} for name in PASSWORDS},
        "secrets": {f"login-{name}": hashed(password) for name, password in PASSWORDS.items()},
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
class Office:
    """Browsers of the office: they trust the authority, and reach every internal name at one address."""

    port: int
    trust: ssl.SSLContext
    authelia: Container

    def ask(self, name: str, path: str = "/", **headers: str) -> Answer:
        return self._send("GET", name, path, b"", headers)

    def log_in(self, name: str, password: str) -> Answer:
        body = json.dumps({"username": name, "password": password, "targetURL": f"https://{WIKI}/"}).encode()
        return self._send("POST", AUTH, "/api/firstfactor", body, {"Content-Type": "application/json"})

    def cookie(self, name: str) -> str:
        answer = self.log_in(name, PASSWORDS[name])
        assert answer.status == 200
        return str(answer.headers["Set-Cookie"]).partition(";")[0]

    def _send(self, method: str, name: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        connection = HTTPSConnection(name, timeout=20)
        with (
            closing(connection),
            socket.create_connection(("127.0.0.1", self.port), timeout=20) as plain,
            self.trust.wrap_socket(plain, server_hostname=name) as secure,
        ):
            connection.sock = secure
            connection.request(method, path, body or None, dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
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
        started = {name: start(client, *_filled(plan, name, secrets), run, name) for name in ("authelia", "names")}
        for container, _ in started.values():
            until_healthy(container)
        trust = ssl.create_default_context(cadata=authority.certificate)
        yield Office(started["names"][1], trust, started["authelia"][0])
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


def test_a_page_without_a_login_is_served_by_the_name_it_is_asked_for(office: Office) -> None:
    told = office.ask(OPEN, "/page").told
    assert (told["host"], told["x-forwarded-proto"]) == (OPEN, "https")


def test_who_is_not_logged_in_is_sent_to_the_login_page(office: Office) -> None:
    answer = office.ask(WIKI, "/secret?a=1")
    assert answer.status == 302
    assert answer.headers["Location"].startswith(f"https://{AUTH}/?rd=https%3A%2F%2F{WIKI}%2Fsecret%3Fa%3D1")
    assert office.ask(AUTH).status == 200


def test_a_wrong_password_gets_no_session(office: Office) -> None:
    for name, password in (("anna", "wrong"), ("nobody", "wrong"), ("anna", PASSWORDS["bob"])):
        answer = office.log_in(name, password)
        assert (answer.status, answer.headers["Set-Cookie"]) == (401, None)


def test_who_logged_in_is_let_through_and_named(office: Office) -> None:
    answer = office.ask(WIKI, Cookie=office.cookie("anna"))
    told = answer.told
    assert (answer.status, told["remote-user"], told["remote-email"]) == (200, "anna", "anna@example.com")


def test_who_is_not_admitted_there_gets_nothing(office: Office) -> None:
    assert office.ask(WIKI, Cookie=office.cookie("bob")).status == 403


def test_nobody_can_say_for_themselves_who_they_are(office: Office) -> None:
    forged = {"Remote-User": "anna", "Remote-Groups": "admins", "X-Original-URL": f"https://{OPEN}/"}
    assert office.ask(WIKI, **forged).status == 302
    assert "remote-user" not in office.ask(OPEN, **forged).told
    told = office.ask(WIKI, Cookie=office.cookie("anna"), **{**forged, "Remote-User": "root"}).told
    assert (told["remote-user"], told.get("remote-groups")) == ("anna", None)


def test_no_request_is_judged_as_one_for_another_name(office: Office) -> None:
    """Bob's cookie opens nothing of Anna's, whatever the request calls itself."""
    cookie = office.cookie("bob")
    for path, host in ((f"https://{WIKI}/", OPEN), ("/", WIKI)):
        assert office.ask(OPEN if host == WIKI else WIKI, path, Host=host, Cookie=cookie).status == 403


def test_a_name_that_is_not_listed_gets_no_handshake(office: Office) -> None:
    with pytest.raises(ssl.SSLError):
        office.ask("other.office.internal")


def test_without_authelia_nobody_gets_in(office: Office) -> None:
    cookie = office.cookie("anna")
    office.authelia.kill()
    try:
        assert office.ask(WIKI, Cookie=cookie).status >= 500
    finally:
        office.authelia.start()
        until_healthy(office.authelia)
