"""An internal name through the scripts that its people use: a password, `up`, the authority, and a login over TLS."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPSConnection
from socket import create_connection

import pytest

from tests.engine.checkout import Checkout, docker
from tests.engine.test_platform import changes
from toolchain.images import ensure_images

NAME, OTHER, PASSWORD = "auth.office.internal", "auth.lab.internal", "correct horse battery"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    ensure_images(["authelia", "web"])
    checkout = Checkout(tmp_path_factory.mktemp("office") / "checkout")
    checkout.sections |= {
        "routes": [{"hostname": NAME, "service": "authelia", "access": "internal", "login": "authelia"}],
        "people": {"anna": {"name": "Anna", "email": "anna@example.com"}},
    }
    checkout.serve("names")
    checkout.serve("authelia")
    try:
        assert set_password(checkout, "anna", PASSWORD).returncode == 0
        yield checkout
    finally:
        checkout.destroy()


def set_password(checkout: Checkout, person: str, password: str) -> subprocess.CompletedProcess[str]:
    command = ["scripts/login-password", person, "-s", checkout.stack]
    return subprocess.run(
        command, cwd=checkout.root, input=f"{password}\n", capture_output=True, text=True, timeout=120, check=False
    )


def ask(port: int, authority: str, name: str, path: str = "/", body: str | None = None) -> int:
    connection = HTTPSConnection(name, timeout=20)
    trust = ssl.create_default_context(cadata=authority)
    plain = create_connection(("127.0.0.1", port), timeout=20)
    with plain, trust.wrap_socket(plain, server_hostname=name) as connection.sock:
        connection.request("POST" if body else "GET", path, body, {"Content-Type": "application/json"})
        with closing(connection), connection.getresponse() as answer:
            return answer.status


def log_in(port: int, authority: str, password: str) -> int:
    body = json.dumps({"username": "anna", "password": password})
    return ask(port, authority, NAME, "/api/firstfactor", body)


def test_a_person_logs_in_at_an_internal_name_and_nothing_tells_the_password(office: Checkout) -> None:
    assert set_password(office, "ana", PASSWORD).returncode == 2
    said = office.up()

    authority = office.run("internal-names", "-s", office.stack, "--authority")
    port = office.sections["services"]["names"]["port"]
    assert log_in(port, authority, PASSWORD) == 200
    assert log_in(port, authority, "wrong") == 401
    rows = json.loads(office.run("health", "-s", office.stack, "--json"))["endpoints"]
    assert {row["name"]: row["state"] for row in rows} == {
        "names": "healthy", "names/certificate": "healthy", "authelia": "healthy",
    }  # fmt: skip
    assert office.run("internal-names", "-s", office.stack, "--form", "hosts") == f"127.0.0.1 {NAME}\n"

    inspected = docker("inspect", *office.containers().values())
    state = office.run("pulumi", "stack", "export", "-s", office.stack)
    file = (office.root / f"Pulumi.{office.stack}.yaml").read_text()
    for text in (said, inspected, state, file):
        assert not any(secret in text for secret in (PASSWORD, "$argon2id$", "PRIVATE KEY"))
    assert changes(office.up()) == []


def test_another_name_replaces_no_container_is_shown_before_and_is_brought_again_where_it_was_lost(
    office: Checkout,
) -> None:
    office.up()
    before = office.containers()["names"]
    office.sections["routes"].append({**office.sections["routes"][0], "hostname": OTHER})
    office.write()
    assert set_password(office, "anna", PASSWORD).returncode == 0
    preview = office.preview()
    assert f"+ server_name {OTHER};" in re.sub(r"[ |]+", " ", preview), preview
    assert "PRIVATE KEY" not in preview
    assert "names-live-apply" in office.up()
    assert office.containers()["names"] == before
    authority = office.run("internal-names", "-s", office.stack, "--authority")
    port = office.sections["services"]["names"]["port"]
    assert [ask(port, authority, name) for name in (NAME, OTHER)] == [200, 200]

    docker("exec", "--user", "0", before, "rm", "/live/current")
    docker("restart", before)
    (found,) = json.loads(office.run("drift", "-s", office.stack, "--json", code=2))["drift"]
    assert (found["where"], found["what"]) == ("local", "names")
    office.up()
    assert [ask(port, authority, name) for name in (NAME, OTHER)] == [200, 200]
    assert office.containers()["names"] == before
    office.run("drift", "-s", office.stack)
    assert changes(office.up()) == []
