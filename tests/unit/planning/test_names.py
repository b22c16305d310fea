"""What stands before internal names and before people's logins, as the plan writes it down."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from planning import names, resolver
from planning.addresses import finish
from planning.firewall import rules
from planning.passwords import password_names
from planning.plan import Plan
from settings.problem import SettingsError

from .conftest import MAC, Planner, given

GATE = {**MAC, "kind": "linux", "address": "10.0.0.5"}
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaA"
STORES = {"postgres": {"host": "mini"}, "s3": {"host": "mini"}, "mlflow": {"host": "mini"}}
WIKI = {"hostname": "wiki.office.internal", "service": "mlflow", "access": "internal", "login": "authelia"}
OPEN = {"hostname": "open.office.internal", "service": "mlflow", "access": "internal"}
AUTH = {"hostname": "auth.office.internal", "service": "authelia", "access": "internal", "login": "authelia"}
PEOPLE = {
    "anna": {"name": "Anna Öst: #1", "email": "anna@example.com", "groups": ["staff"]},
    "bob": {"name": "Bob", "email": "bob@example.com"},
}


def office(planned: Planner, *routes: dict[str, Any], **sections: Any) -> Plan:
    services = {**STORES, "names": {"host": "gate"}, "authelia": {"host": "gate"}, **sections.pop("services", {})}
    return planned(
        **{
            "hosts": {"gate": GATE, "mini": MAC}, "services": services, "routes": [*routes, AUTH], "people": PEOPLE,
            "secrets": {f"login-{name}": HASH for name in PEOPLE}, "networks": ["10.0.0.0/8"], **sections,
        }
    )  # fmt: skip


def nginx(plan: Plan, service: str = "names") -> str:
    return given(plan, service, "nginx.conf")


def servers(plan: Plan) -> dict[str, str]:
    """Text of each server by the name it answers for."""
    parts = re.split(r"\n  server \{\n", nginx(plan))
    return {found[1]: part for part in parts if (found := re.search(r"server_name (\S+);", part))}


def authelia(plan: Plan, file: str) -> Any:
    container = plan.service("authelia").container
    assert container
    (template,) = [one.template for one in container.files if one.path.endswith(file)]
    return yaml.safe_load(finish(template, {f"secret.login-{name}": HASH for name in PEOPLE}))


def test_each_internal_name_leads_to_its_service_and_no_other_name_anywhere(planned: Planner) -> None:
    found = servers(office(planned, WIKI, OPEN))
    assert set(found) == {"wiki.office.internal", "open.office.internal", "auth.office.internal"}
    assert "set $upstream http://10.0.0.12:5001;" in found["wiki.office.internal"]
    assert "set $upstream http://authelia:9091;" in found["auth.office.internal"]
    assert "ssl_reject_handshake on" in nginx(office(planned, WIKI))


def test_who_asks_for_a_login_asks_before_anything_is_passed_on(planned: Planner) -> None:
    found = servers(office(planned, WIKI, OPEN))
    assert "auth_request /internal/authelia/authz;" in found["wiki.office.internal"]
    assert "proxy_set_header X-Original-URL https://wiki.office.internal$request_uri;" in found["wiki.office.internal"]
    for name in ("open.office.internal", "auth.office.internal"):
        assert "auth_request" not in found[name]
        assert 'proxy_set_header Remote-User "";' in found[name]


def test_nothing_of_a_request_names_the_page_that_authelia_is_asked_about(planned: Planner) -> None:
    assert "$http_host" not in nginx(office(planned, WIKI, OPEN))


def test_another_port_stands_in_every_address(planned: Planner) -> None:
    plan = office(planned, WIKI, services={"names": {"host": "gate", "port": 8443}})
    assert "https://wiki.office.internal:8443$request_uri" in nginx(plan)
    (cookie,) = authelia(plan, "configuration.yml")["session"]["cookies"]
    assert cookie == {"domain": "office.internal", "authelia_url": "https://auth.office.internal:8443"}
    mlflow = plan.service("mlflow").container
    assert mlflow and any("wiki.office.internal:8443" in one for one in mlflow.environment)


def test_authelia_denies_what_no_rule_allows(planned: Planner) -> None:
    access = authelia(office(planned, {**WIKI, "people": ["bob"]}, OPEN), "configuration.yml")["access_control"]
    assert access["default_policy"] == "deny"
    assert access["rules"] == [
        {"domain": "wiki.office.internal", "policy": "one_factor", "subject": [["user:bob"]]},
        {"domain": "*.office.internal", "policy": "deny"},
    ]


def test_a_route_without_people_admits_all_of_them_and_nobody_else(planned: Planner) -> None:
    rule, _ = authelia(office(planned, WIKI), "configuration.yml")["access_control"]["rules"]
    assert rule["subject"] == [["user:anna"], ["user:bob"]]


def test_people_are_told_apart_by_hashes_only(planned: Planner) -> None:
    plan = office(planned, WIKI)
    assert authelia(plan, "users.yml")["users"]["anna"] == {
        "disabled": False, "displayname": "Anna Öst: #1", "password": HASH, "email": "anna@example.com",
        "groups": ["staff"],
    }  # fmt: skip
    assert HASH not in repr(plan.service("authelia").container), "components fill it in, as a secret"
    assert {"authelia-session", "authelia-storage"} <= set(password_names(plan))


def test_only_cookies_log_in_so_that_a_page_may_have_tokens_of_its_own(planned: Planner) -> None:
    endpoints = authelia(office(planned, WIKI), "configuration.yml")["server"]["endpoints"]["authz"]
    assert endpoints == {
        "auth-request": {"implementation": "AuthRequest", "authn_strategies": [{"name": "CookieSession"}]}
    }


def test_the_certificate_is_for_every_internal_name(planned: Planner) -> None:
    plan = office(planned, WIKI, OPEN)
    assert set(plan.service("names").certificate_names) >= {one["hostname"] for one in (WIKI, OPEN, AUTH)}
    assert names.address(plan.environment) == "10.0.0.5"


def test_the_network_reaches_the_names_and_not_what_stands_behind_a_login(planned: Planner) -> None:
    plan = office(planned, WIKI)
    sources = {rule.service: (rule.port, rule.sources) for host in ("gate", "mini") for rule in rules(plan, host)}
    assert sources["names"] == (443, ("10.0.0.0/8",))
    only_hosts = ("10.0.0.5/32", "10.0.0.12/32")
    assert sources["authelia"][1] == sources["mlflow"][1] == only_hosts
    assert sources["postgres"][1] == ("10.0.0.0/8",)


def test_outputs_tell_where_names_are_answered(planned: Planner) -> None:
    found = {one["name"]: one for one in office(planned, WIKI).endpoints}
    assert (found["names"]["url"], found["names"]["probe"]["method"]) == ("tcp://10.0.0.5:443", "TCP")
    assert (found["mlflow"]["route"], found["mlflow"]["access"]) == ("wiki.office.internal", "internal")


def test_names_that_could_not_reach_their_service_are_refused(planned: Planner) -> None:
    hosts = {"gate": GATE, "mini": {**MAC, "address": "127.0.0.9"}}
    with pytest.raises(SettingsError, match=r"services\.names\.host(?s:.)*leads to mlflow on mini"):
        office(planned, WIKI, hosts=hosts)


def test_a_route_to_nothing_is_a_problem_and_no_crash(planned: Planner) -> None:
    with pytest.raises(SettingsError, match="no such service"):
        office(planned, {**WIKI, "service": "wikki"})
    with pytest.raises(SettingsError, match="no such host"):
        office(planned, WIKI, services={"authelia": {"host": "gatte"}})


def test_the_proxy_asks_for_names_behind_the_tunnel(planned: Planner) -> None:
    outside = [
        {"hostname": "wiki.example.com", "service": "mlflow", "access": "private", "login": "authelia"},
        {"hostname": "auth.example.com", "service": "authelia", "access": "private", "login": "authelia"},
    ]
    plan = office(
        planned, WIKI, *outside, services={"proxy": {"host": "gate"}, "tunnel": {"host": "gate"}},
        edge={"account_id": "a" * 32, "zone_id": "b" * 32},
        secrets={"cloudflare-api-token": "t" * 40, **{f"login-{name}": HASH for name in PEOPLE}},
    )  # fmt: skip
    text = nginx(plan, "proxy")
    (guarded,) = [part for part in text.split("\n  server {") if "wiki.example.com;" in part.partition("\n")[2]]
    assert "auth_request /internal/authelia/authz;" in guarded
    assert "server_name auth.example.com;" in text
    assert "office.internal" not in text, "what only the office may see has no way in from outside"
    cookies = authelia(plan, "configuration.yml")["session"]["cookies"]
    assert [one["domain"] for one in cookies] == ["example.com", "office.internal"]


@pytest.mark.parametrize(
    ("form", "address", "line"),
    [
        ("hosts", "10.0.0.5", "10.0.0.5 chat.office.internal"),
        ("dnsmasq", "10.0.0.5", "address=/chat.office.internal/10.0.0.5"),
        ("unbound", "10.0.0.5", 'local-data: "chat.office.internal. IN A 10.0.0.5"'),
        ("unbound", "fd00::5", 'local-data: "chat.office.internal. IN AAAA fd00::5"'),
        (
            "macos", "10.0.0.5",
            "sudo mkdir -p /etc/resolver && echo nameserver RESOLVER | sudo tee /etc/resolver/office.internal",
        ),
    ],
)  # fmt: skip
def test_a_resolver_is_told_in_its_own_form(form: str, address: str, line: str) -> None:
    assert resolver.FORMS[form](address, ["chat.office.internal"]) == [line]


def test_names_of_multicast_dns_are_doubted_and_no_others() -> None:
    (doubt,) = resolver.doubts(["sot.cere.local", "chat.office.internal"])
    assert doubt.startswith("sot.cere.local: ") and "RFC 6762" in doubt
    assert resolver.doubts(["chat.office.internal", "chat.home.arpa", "chat.local.example.com"]) == []


def test_each_certificate_is_asked_for_by_a_name_that_its_server_answers_for(planned: Planner) -> None:
    plan = office(planned, WIKI)
    asked = {one["name"]: one["certificate"]["name"] for one in plan.endpoints if "certificate" in one}
    assert asked == {"names": "wiki.office.internal", "postgres": "postgres"}
    assert all(name in plan.service(service).certificate_names for service, name in asked.items())
