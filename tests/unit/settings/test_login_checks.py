"""Internal names and logins that could not work, or would let in others than they say, are refused."""

from __future__ import annotations

from typing import Any

import pytest

from settings.encrypted import ENCRYPTED
from settings.load import load

LOCAL = {"kind": "local", "address": "10.0.0.5", "cpus": 4, "memory_gb": 8, "disk_gb": 50}
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaA"
CHAT = {"hostname": "chat.office.internal", "service": "web", "access": "internal", "login": "authelia"}
AUTH = {"hostname": "auth.office.internal", "service": "authelia", "access": "internal", "login": "authelia"}
OUTSIDE = {"hostname": "chat.example.com", "service": "web", "access": "private", "login": "authelia"}
AUTH_OUTSIDE = {"hostname": "auth.example.com", "service": "authelia", "access": "private", "login": "authelia"}
PEOPLE = {name: {"name": name.title(), "email": f"{name}@example.com"} for name in ("anna", "bob")}
KINDS = ("web", "names", "authelia")
FRONTS = (*KINDS, "tunnel", "proxy")
EDGE = {"account_id": "a" * 32, "zone_id": "b" * 32}


def causes(*routes: dict[str, Any], services: tuple[str, ...] = KINDS, **sections: Any) -> list[str]:
    secrets = {f"login-{name}": HASH for name in PEOPLE} | {"cloudflare-api-token": "t" * 40}
    raw = {
        "hosts": {"local": LOCAL}, "services": {name: {"host": "local"} for name in services}, "routes": list(routes),
        "people": PEOPLE, "secrets": secrets, **sections,
    }  # fmt: skip
    return [f"{one.path}: {one.cause}" for one in load("test", raw, "Pulumi.test.yaml").problems]


def test_a_login_at_internal_names_needs_nothing_of_cloudflare() -> None:
    assert causes({**CHAT, "people": ["anna"]}, AUTH) == []
    assert causes({**CHAT, "login": None}, services=("web", "names"), people={}) == []


def test_public_names_may_ask_authelia_in_place_of_access() -> None:
    assert causes(OUTSIDE, AUTH_OUTSIDE, services=(*FRONTS[:1], *FRONTS[2:]), edge=EDGE) == []


def test_one_login_page_may_serve_names_of_both_kinds_where_everybody_reaches_it() -> None:
    inside = {**CHAT, "hostname": "wiki.example.com"}
    assert causes(OUTSIDE, AUTH_OUTSIDE, inside, services=FRONTS, edge=EDGE) == []
    (found,) = causes(CHAT, AUTH, {**OUTSIDE, "hostname": "chat2.office.internal"}, services=FRONTS, edge=EDGE)
    assert found.startswith("routes.2.hostname: no login page has a name outside beside it")


@pytest.mark.parametrize(
    ("routes", "sections", "cause"),
    [
        ([CHAT, AUTH], {"services": ("web", "authelia")}, "services.names: chat.office.internal is internal, and no"),
        ([], {"services": ("web", "names"), "people": {}}, "services.names: it would answer for no name at all"),
        ([{**CHAT, "emails": ["a@b.de"]}, AUTH], {}, "routes.0.emails: no login of Cloudflare stands before an int"),
        ([{**CHAT, "service": None, "services": {"web": 1}}, AUTH], {}, "routes.0.services: requests to internal nam"),
        ([CHAT, AUTH], {"hosts": {"local": {**LOCAL, "address": "brain"}}}, "hosts.local.address: internal names are"),
        ([CHAT, AUTH], {"people": {}}, "people: nobody could log in"),
        ([{**CHAT, "login": None}], {"services": ("web", "names")}, "services.authelia: people are named, and no"),
        ([CHAT], {}, "services.authelia: nobody would find the page where one logs in"),
        ([CHAT, {**AUTH, "login": None}], {}, "routes.1.login: the login page asks by itself who comes"),
        ([CHAT, {**AUTH, "hostname": "auth.internal"}], {}, "routes.1.hostname: browsers take no cookie for all of"),
        ([{**AUTH, "hostname": "auth.home.arpa"}], {}, "routes.0.hostname: browsers take no cookie for all of home"),
        (
            [CHAT, AUTH, {**AUTH, "hostname": "auth.it.office.internal"}], {},
            "routes.2.hostname: auth.office.internal is the login page of that domain already",
        ),
        ([{**CHAT, "hostname": "chat.lab.internal"}, AUTH], {}, "routes.0.hostname: no login page has a name beside"),
        ([{**CHAT, "people": ["ana"]}, AUTH], {}, "routes.0.people: no such entry of people"),
        ([{**CHAT, "login": None, "people": ["anna"]}, AUTH], {}, "routes.0.people: nobody is asked who they are"),
        ([CHAT, AUTH], {"secrets": {"login-anna": HASH}}, "secrets.login-bob: bob has no password"),
        ([CHAT, AUTH], {"secrets": {"login-anna": HASH, "login-bob": "hunter2"}}, "secrets.login-bob: not a hash of"),
    ],
)  # fmt: skip
def test_a_login_that_could_not_work_is_refused(
    routes: list[dict[str, Any]], sections: dict[str, Any], cause: str
) -> None:
    assert any(found.startswith(cause) for found in causes(*routes, **sections)), causes(*routes, **sections)


def test_a_tunnel_never_leads_past_authelia() -> None:
    services = ("web", "authelia", "tunnel")
    found = causes(OUTSIDE, AUTH_OUTSIDE, services=services, edge=EDGE)
    assert found == ["services.proxy: a tunnel leads past Authelia unless a reverse proxy asks it"]


@pytest.mark.parametrize("access", ["shared", "public"])
def test_authelia_admits_people_only(access: str) -> None:
    found = causes({**OUTSIDE, "access": access}, AUTH_OUTSIDE, services=(*FRONTS[:1], *FRONTS[2:]), edge=EDGE)
    assert any(one.startswith(f"routes.0.login: Authelia admits people, and `access: {access}`") for one in found)


def test_people_of_a_route_with_authelia_are_no_mail_addresses() -> None:
    route = {**OUTSIDE, "emails": ["a@example.com"]}
    found = causes(route, AUTH_OUTSIDE, services=(*FRONTS[:1], *FRONTS[2:]), edge=EDGE)
    assert found == ["routes.0.emails: Authelia admits `people`, not mail addresses"]


def test_every_fault_is_told_at_once_and_no_password_is_shown() -> None:
    found = load(
        "test",
        {
            "hosts": {"local": LOCAL},
            "services": {"web": {"host": "local"}, "authelia": {"host": "local"}},
            "routes": [CHAT, {**OUTSIDE, "people": ["nobody"]}],
            "people": PEOPLE,
            "secrets": {"login-anna": "hunter2"},
        },
        "Pulumi.test.yaml",
    ).problems
    paths = {one.path for one in found}
    assert paths >= {"services.names", "services.proxy", "services.authelia", "edge", "routes.1.people"}
    assert paths >= {"secrets.login-anna", "secrets.login-bob"}
    assert not any("hunter2" in f"{one.value}{one.cause}{one.remedy}" for one in found)


def test_a_hash_that_only_the_engine_reads_is_taken_for_one() -> None:
    secrets = {f"login-{name}": ENCRYPTED for name in PEOPLE}
    assert causes(CHAT, AUTH, secrets=secrets) == []


def test_a_name_of_a_person_stays_on_its_line() -> None:
    for name in ("Anna\nadmin: true", "${secret.other}", ""):
        people = {"anna": {"name": name, "email": "anna@example.com"}}
        assert any(one.startswith("people.anna.name") for one in causes(CHAT, AUTH, people=people))
