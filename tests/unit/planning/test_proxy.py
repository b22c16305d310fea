"""The proxy's configuration says of every public name where it leads and whether a login is checked."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from catalogue.load import definitions
from planning.firewall import rules
from planning.origins import closed, origin, unprotected
from planning.plan import Plan
from settings.load import load
from settings.problem import SettingsError
from tests.unit.planning.conftest import LOCAL, MAC, SSH, Planner, given

IMAGE = f"registry.example.com/app:1@sha256:{'0' * 64}"
EDGE = {"account_id": "a" * 32, "zone_id": "b" * 32, "emails": ["owner@example.com"], "team": "office"}
GATE = {"kind": "linux", "address": "10.0.0.14", "cpus": 4, "memory_gb": 32, "disk_gb": 200, "ssh": SSH}
WEBS: dict[str, Any] = {
    "web": {"host": "local"}, "web-next": {"kind": "web", "host": "local", "port": 81},
    "application": {"host": "local", "image": IMAGE}, "postgres": {"host": "local"}, "ollama": {"host": "local"},
    "embed": {"host": "local"}, "rerank": {"host": "local"}, "redis": {"host": "local"},
}  # fmt: skip
CHAT = {"open-webui": {"host": "local"}}
FRONT: dict[str, Any] = {kind: {"host": "local"} for kind in ("proxy", "access-check", "tunnel")}
SHARED_OUT = {"hostname": "www.example.com", "services": {"web": 9, "web-next": 1}, "access": "private"}
PRIVATE = {"hostname": "chat.example.com", "service": "open-webui", "access": "private"}
PUBLIC = {"hostname": "open.example.com", "service": "web", "access": "public"}


def planning(planned: Planner, routes: list[dict[str, Any]], **change: Any) -> Plan:
    sections = {"services": {**WEBS, **CHAT, **FRONT}, "edge": EDGE, "secrets": {"cloudflare-api-token": "x"}} | change
    return planned(routes=routes, **sections)


def configuration(plan: Plan) -> str:
    return given(plan, "proxy", "nginx.conf")


def servers(text: str) -> dict[str, str]:
    """Blocks by their names."""
    blocks = re.split(r"^  server \{$", text, flags=re.MULTILINE)[1:]
    named = {found[1]: block for block in blocks if (found := re.search(r"server_name ([^;]*);", block))}
    return {name: block for names, block in named.items() for name in names.split()}


def test_every_name_has_its_target_and_only_public_ones_pass_unchecked(planned: Planner) -> None:
    text = configuration(planning(planned, [PRIVATE, PUBLIC, SHARED_OUT]))
    for line in ("chat.example.com open-webui:8080;", "open.example.com web:8080;", "www.example.com several-1;"):
        assert f"    {line}\n" in text
    found = servers(text)
    assert found.keys() == {"chat.example.com", "open.example.com", "www.example.com"}
    for name, block in found.items():
        checked = name != "open.example.com"
        assert ("auth_request /-/access;" in block) is checked
        assert ("set $access_check access-check:8089;" in block) is checked
        assert f"set $checked {'$assertion' if checked else chr(34) * 2};" in block


def test_requests_are_shared_out_by_the_weights_of_the_settings(planned: Planner) -> None:
    other = {"hostname": "old.example.com", "services": {"web-next": 3, "web": 1}, "access": "public"}
    text = configuration(planning(planned, [SHARED_OUT, other]))
    weights = re.findall(r"server 127\.0\.0\.1:(\d+) weight=(\d+) max_fails=2 fail_timeout=10s;", text)
    assert weights == [("9001", "9"), ("9002", "1"), ("9003", "3"), ("9004", "1")]
    sides = re.search(r"map \$server_port \$side \{([^}]*)\}", text)
    assert sides
    assert sides[1].split() == ["9001", "web:8080;", "9002", "web-next:8080;", "9003", "web-next:8080;",
                                "9004", "web:8080;"]  # fmt: skip
    assert [text.count(f"listen 127.0.0.1:{port};") for port in (9001, 9002, 9003, 9004)] == [1, 1, 1, 1]


@pytest.mark.parametrize("routes", [[], [PRIVATE], [PUBLIC], [SHARED_OUT], [PRIVATE, PUBLIC, SHARED_OUT]])
def test_the_configuration_is_whole_whatever_stands_behind(planned: Planner, routes: list[dict[str, Any]]) -> None:
    front = FRONT if any(route["access"] != "public" for route in routes) else {"proxy": {"host": "local"}}
    text = configuration(planning(planned, routes, services={**WEBS, **CHAT, **front, "tunnel": {"host": "local"}}))
    assert "${" not in text
    assert "$$" not in text
    assert text.count("{") == text.count("}")
    assert len(text.encode()) < 64_000
    assert ("upstream " in text) == (SHARED_OUT in routes)
    assert "location = /-/health" in text


def test_another_name_changes_nothing_of_the_containers_but_what_they_take_up_while_they_run(planned: Planner) -> None:
    one, two = planning(planned, [PRIVATE]), planning(planned, [PRIVATE, PUBLIC, SHARED_OUT])
    for name in ("proxy", "access-check"):
        before, after = one.service(name).container, two.service(name).container
        assert before and after
        assert replace(after, live=before.live) == before
    assert configuration(one) != configuration(two)


def test_without_a_team_names_lead_through_the_proxy_unchecked_and_that_is_told(planned: Planner) -> None:
    services = {**WEBS, **CHAT, "proxy": {"host": "local"}, "tunnel": {"host": "local"}}
    edge = {key: value for key, value in EDGE.items() if key != "team"}
    plan = planning(planned, [PRIVATE, PUBLIC], services=services, edge=edge)
    assert "auth_request" not in configuration(plan)
    assert [route.hostname for route in unprotected(plan)] == ["chat.example.com"]
    assert unprotected(planning(planned, [PRIVATE, PUBLIC])) == []
    without = planning(planned, [PRIVATE], services={**WEBS, **CHAT, "tunnel": {"host": "local"}})
    assert [route.hostname for route in unprotected(without)] == ["chat.example.com"]


def test_the_check_believes_the_team_of_the_settings_alone(planned: Planner) -> None:
    check = planning(planned, [PRIVATE]).service("access-check").container
    assert check
    assert "ACCESS_ISSUER=https://office.cloudflareaccess.com" in check.environment
    assert "ACCESS_CERTIFICATES_URL=https://office.cloudflareaccess.com/cdn-cgi/access/certs" in check.environment
    assert [(file.path, file.template) for file in check.given] == [
        ("/live/current/audiences.json", '{"version": "@VERSION@", "audiences": ${secret.access-audiences}}\n')
    ]
    assert check.read_only


def test_the_tunnel_leads_to_the_proxy_and_without_one_to_the_service(planned: Planner) -> None:
    (route, *_), hosts = planning(planned, [PRIVATE]).environment.routes, {"gate": GATE, "mini": MAC}
    assert origin(planning(planned, [PRIVATE]), route) == "http://proxy:8080"
    far = {name: {**one, "host": "mini"} for name, one in {**WEBS, **CHAT}.items()}
    front = {kind: {"host": "gate"} for kind in FRONT}
    plan = planning(planned, [PRIVATE], hosts=hosts, services={**far, **front})
    assert origin(plan, route) == "http://proxy:8080"
    assert "chat.example.com 10.0.0.12:3000;" in configuration(plan)
    elsewhere = {**far, **front, "tunnel": {"host": "mini"}}
    assert origin(planning(planned, [PRIVATE], hosts=hosts, services=elsewhere), route) == "http://10.0.0.14:8088"
    bare = {**far, "tunnel": {"host": "gate"}}
    assert origin(planning(planned, [PRIVATE], hosts=hosts, services=bare), route) == "http://10.0.0.12:3000"


def test_what_stands_behind_the_proxy_is_closed_to_the_network_unless_it_names_one(planned: Planner) -> None:
    hosts = {"gate": GATE, "mini": MAC}
    services = {name: {**one, "host": "mini"} for name, one in {**WEBS, **CHAT}.items()}
    services["web"] = {**services["web"], "allow_from": ["10.9.0.0/16"]}
    front = {kind: {"host": "gate"} for kind in FRONT}
    plan = planning(planned, [PRIVATE, PUBLIC], hosts=hosts, services={**services, **front}, networks=["10.0.0.0/8"])
    assert closed(plan) == {"open-webui", "web", "application", "proxy", "access-check"}
    sources = {rule.service: rule.sources for host in hosts for rule in rules(plan, host)}
    only_hosts = ("10.0.0.14/32", "10.0.0.12/32")
    assert {sources[name] for name in ("open-webui", "application", "proxy", "access-check")} == {only_hosts}
    assert sources["web"] == ("10.9.0.0/16", *only_hosts)
    assert sources["postgres"] == ("10.0.0.0/8",)


def test_databases_models_and_admin_ports_are_never_routed() -> None:
    routable = {kind for kind, definition in definitions().items() if definition.routable}
    assert routable == {"authelia", "mlflow", "open-webui", "open-webui-alone", "web"}


REFUSED: dict[str, tuple[list[dict[str, Any]], dict[str, Any], str]] = {
    "a database": (
        [{**SHARED_OUT, "services": {"web": 1, "postgres": 1}}], {}, r"routes\.0\.services = postgres[\s\S]*is never",
    ),
    "an unknown service": ([{**SHARED_OUT, "services": {"web": 1, "wbe": 1}}], {}, r"routes\.0\.services = wbe"),
    "both": ([{**SHARED_OUT, "service": "web"}], {}, "leads two ways"),
    "neither": ([{"hostname": "www.example.com", "access": "private"}], {}, "leads nowhere"),
    "no weight": ([{**SHARED_OUT, "services": {"web": 0}}], {}, r"routes\.0\.services\.web"),
    "no proxy": ([SHARED_OUT], {"proxy": None, "access-check": None}, "there is none"),
    "two proxies": ([PRIVATE], {"proxy-2": {"kind": "proxy", "host": "local", "port": 9}}, "proxy is one"),
    "no check": ([PRIVATE], {"access-check": None}, r"services\.proxy[\s\S]*add `access-check: \{host: local\}`"),
    "a needless check": ([PUBLIC], {}, r"services\.access-check[\s\S]*settings name none"),
}  # fmt: skip


@pytest.mark.parametrize(("routes", "change", "named"), REFUSED.values(), ids=list(REFUSED))
def test_what_the_proxy_could_not_do_is_refused(
    planned: Planner, routes: list[dict[str, Any]], change: dict[str, Any], named: str
) -> None:
    services = {name: one for name, one in {**WEBS, **CHAT, **FRONT, **change}.items() if one}
    with pytest.raises(SettingsError, match=named):
        planning(planned, routes, services=services)


def test_what_a_proxy_on_another_host_could_not_reach_is_refused(planned: Planner) -> None:
    hosts = {"local": LOCAL, "gate": GATE}
    services = {**WEBS, **CHAT, **{kind: {"host": "gate"} for kind in FRONT}}
    with pytest.raises(SettingsError, match=r"leads to open-webui on local, whose address 127\.0\.0\.1 other machines"):
        planning(planned, [PRIVATE], hosts=hosts, services=services)


def test_no_weight_or_name_of_the_settings_can_hold_words_of_a_configuration() -> None:
    for route in ({**PRIVATE, "hostname": "a.b; return 200"}, {**SHARED_OUT, "services": {"web; evil": 1}}):
        raw = {"hosts": {"local": LOCAL}, "services": WEBS, "routes": [route]}
        assert any(problem.path.startswith("routes.0") for problem in load("test", raw, "Pulumi.test.yaml").problems)
