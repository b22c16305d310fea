"""A connector reaches each service from inside its container, on one host or on several."""

from __future__ import annotations

from typing import Any

import pytest

from planning.build import build
from planning.connectors import without_simulated
from planning.origins import origin
from planning.plan import Plan
from settings.load import load
from settings.problem import SettingsError

HERE: dict[str, Any] = {"kind": "local", "address": "127.0.0.1", "cpus": 4, "memory_gb": 8, "disk_gb": 50}
OFFICE = {**HERE, "address": "10.0.0.11"}
SSH = {"user": "admin", "identity_file": "/keys/key", "known_hosts_file": "/keys/known_hosts"}
GATE = {**HERE, "kind": "linux", "address": "10.0.0.14", "ssh": SSH}
SIMULATED = {"simulated": True, "emails": ["owner@dev.test"], "connectors": "172.17.0.1:7900"}
REAL = {"account_id": "c" * 32, "zone_id": "d" * 32, "emails": ["owner@dev.test"]}
CHAT = {"kind": "open-webui-alone"}
STAND_IN = "ai-platform/cloudflared:1"
TOKEN = {"cloudflare-api-token": "t"}


def planned(hosts: dict[str, Any], services: dict[str, Any], edge: dict[str, Any]) -> Plan:
    sections = {
        "hosts": hosts,
        "services": {**services, "ollama": {"host": services["web"]["host"], "port": 11435}},
        "edge": edge,
        "routes": [{"hostname": "www.dev.test", "service": "web", "access": "private"}],
        "secrets": {} if edge.get("simulated") else TOKEN,
    }
    return build(load("test", sections, "Pulumi.test.yaml"), {"cloudflared": STAND_IN})


def reached(plan: Plan) -> str:
    return origin(plan, plan.environment.routes[0])


def test_beside_the_connector_a_service_on_loopback_is_reached_by_its_name() -> None:
    plan = planned(
        {"local": HERE},
        {"web": {**CHAT, "host": "local", "port": 8080}, "tunnel": {"host": "local"}},
        REAL,
    )
    container = plan.service("web").container
    assert container and reached(plan) == f"http://web:{container.container_port}"
    assert plan.service("web").address == "127.0.0.1"


def test_two_connectors_on_two_hosts_both_reach_a_service_of_the_network() -> None:
    services = {
        "web": {**CHAT, "host": "office"}, "tunnel": {"host": "gate"},
        "tunnel-office": {"kind": "tunnel", "host": "office"},
    }  # fmt: skip
    plan = planned({"office": OFFICE, "gate": GATE}, services, REAL)
    assert reached(plan) == f"http://10.0.0.11:{plan.service('web').port}"
    tokens = {
        service.container.files for service in plan.services if service.kind == "tunnel" and service.container
    }  # fmt: skip
    assert len(tokens) == 1


def test_a_connector_elsewhere_cannot_reach_a_service_on_loopback() -> None:
    with pytest.raises(SettingsError, match=r"127\.0\.0\.1, which a connector on gate cannot reach"):
        planned(
            {"local": HERE, "gate": GATE},
            {"web": {**CHAT, "host": "local"}, "tunnel": {"host": "gate"}},
            REAL,
        )


def test_connectors_come_to_the_simulated_edge_where_there_is_one() -> None:
    services = {"web": {**CHAT, "host": "local"}, "tunnel": {"host": "local"}}
    for edge, wanted in ((SIMULATED, True), (REAL, False)):
        container = planned({"local": HERE}, services, edge).service("tunnel").container
        assert container and ("TUNNEL_EDGE=172.17.0.1:7900" in container.environment) is wanted
        assert (container.image == STAND_IN) is wanted
        assert container.image.startswith("docker.io/cloudflare/cloudflared:") is not wanted


def test_what_leaves_this_checkout_has_no_simulated_names() -> None:
    services = {"web": {**CHAT, "host": "local"}, "tunnel": {"host": "local"}}
    left = without_simulated(planned({"local": HERE}, services, SIMULATED))
    assert {service.name for service in left.services} == {"web", "ollama"} and not left.environment.routes
    real = planned({"local": HERE}, services, REAL)
    assert without_simulated(real) is real
