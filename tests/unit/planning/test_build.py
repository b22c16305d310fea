"""What a plan promises, and what it refuses before anything is touched."""

from typing import Any

import pytest

from settings.problem import SettingsError

from .conftest import GPU, LOCAL, MAC, RENTED, Planner

CHAT = {name: {"host": "local"} for name in ("postgres", "ollama", "embed", "rerank", "open-webui")}


def test_each_service_comes_after_what_it_needs(planned: Planner) -> None:
    order = [service.name for service in planned(services=CHAT).services]
    assert all(order.index(needed) < order.index("open-webui") for needed in CHAT if needed != "open-webui")


def test_services_on_one_host_meet_by_name_inside_the_network(planned: Planner) -> None:
    container = planned(services=CHAT).service("open-webui").container
    assert container and "OLLAMA_BASE_URL=http://ollama:11434" in container.environment


def test_services_on_other_hosts_are_met_at_their_address(planned: Planner) -> None:
    hosts = {"local": {**LOCAL, "address": "10.0.0.11"}, "mini": MAC}
    services = {**CHAT, "ollama": {"kind": "ollama-native", "host": "mini"}}
    container = planned(hosts=hosts, services=services).service("open-webui").container
    assert container and "OLLAMA_BASE_URL=http://10.0.0.12:11434" in container.environment


def test_no_secret_placeholder_stands_outside_files(planned: Planner) -> None:
    for service in planned(services=CHAT).services:
        assert service.container
        visible = (*service.container.environment, *service.container.command, *service.container.entrypoint)
        assert not any("${password" in text or "${secret" in text for text in visible)


def test_every_port_is_published_on_a_named_address(planned: Planner) -> None:
    published = {service.container.publish_address for service in planned(services=CHAT).services if service.container}
    assert published == {"127.0.0.1"}


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "two services on one port": (
        {"services": {"redis": {"host": "local"}, "other": {"kind": "redis", "host": "local"}}},
        "services.other.port = 6379",
    ),
    "unknown catalogue entry": ({"services": {"redsi": {"host": "local"}}}, "did you mean `redis`?"),
    "need that nothing serves": ({"services": {"mlflow": {"host": "local"}}}, "needs a service of kind postgres"),
    "need that two could serve": (
        {
            "services": {
                **CHAT,
                "second": {"kind": "ollama", "host": "local", "port": 1},
            }
        },
        "several services could be its ollama",
    ),
    "native service away from a mac": ({"services": {"ollama-native": {"host": "local"}}}, "runs on a mac only"),
    "more memory than there is": (
        {"services": {"redis": {"host": "local", "memory_mb": 100_000}}},
        "GB more than there is",
    ),
    "a model of unknown size": ({"services": {"ollama": {"host": "local", "models": ["x"]}}}, "models.sizes_gb"),
    "need across hosts that listens on loopback": (
        {"hosts": {"local": LOCAL, "mini": MAC}, "services": {**CHAT, "open-webui": {"host": "mini"}}},
        "other machines cannot reach",
    ),
    "a route to a database": (
        {
            "services": {"postgres": {"host": "local"}, "tunnel": {"host": "local"}},
            "routes": [{"hostname": "db.example.com", "service": "postgres", "access": "private"}],
            "edge": {"account_id": "0" * 32, "zone_id": "1" * 32, "emails": ["a@example.com"]},
            "secrets": {"cloudflare-api-token": "t" * 40},
        },
        "never given a public name",
    ),
    "rented disk under the provider's minimum": (
        {"hosts": {"vm": {**RENTED, "disk_gb": 70}}},
        "TensorDock rents no disk under 100 GB",
    ),
    "a day's budget below one hour": (
        {
            "hosts": {"vm": {**RENTED, "gpu": {**GPU, "hourly_usd": 9, "hours_per_month": 1}}},
            "budget": {"day_usd": 5, "month_usd": 50},
        },
        "one hour of vm costs $9.00",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_refused_with_cause_and_remedy(planned: Planner, case: str) -> None:
    sections, expected = REFUSALS[case]
    with pytest.raises(SettingsError) as raised:
        planned(**sections)
    assert expected in str(raised.value)


def test_a_circle_of_needs_is_named(planned: Planner, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace  # noqa: PLC0415

    from catalogue.load import definitions  # noqa: PLC0415

    circular = {**definitions(), "redis": replace(definitions()["redis"], needs=("embed",))}
    circular["embed"] = replace(circular["embed"], needs=("redis",))
    monkeypatch.setattr("planning.build.definitions", lambda: circular)
    with pytest.raises(SettingsError, match=r"needs itself: .*redis"):
        planned(services={"redis": {"host": "local"}, "embed": {"host": "local"}})


def test_a_placeholder_that_nobody_fills_is_refused_by_name(planned: Planner) -> None:
    service = {"host": "local", "environment": {"KEY": "${passwort.redis}", "PRICE": "$${free}"}}
    with pytest.raises(SettingsError, match=r"passwort\.redis") as raised:
        planned(services={"redis": service})
    assert "free" not in str(raised.value)


def test_faults_of_one_service_do_not_hide_collisions_of_others(planned: Planner) -> None:
    services = {"redis": {"host": "local"}, "second": {"kind": "redis", "host": "local"}, "embed": {"host": "nowhere"}}
    with pytest.raises(SettingsError) as raised:
        planned(services=services)
    assert {"services.second.port", "services.embed.host"} <= {problem.path for problem in raised.value.problems}


def test_a_service_on_the_port_of_sshd_is_refused(planned: Planner) -> None:
    with pytest.raises(SettingsError) as refused:
        planned(hosts={"mini": MAC}, services={"redis": {"host": "mini", "port": 22}})
    assert "taken by hosts.mini.ssh.port" in str(refused.value)


def test_a_gate_takes_the_place_of_its_ollama_for_all_others(planned: Planner) -> None:
    plan = planned(services={**CHAT, "gate": {"host": "local"}})
    webui, gate = plan.service("open-webui").container, plan.service("gate").container
    assert webui and "OLLAMA_BASE_URL=http://gate:11434" in webui.environment
    assert gate and "GATE_UPSTREAM=http://ollama:11434" in gate.environment
    order = [service.name for service in plan.services]
    assert order.index("ollama") < order.index("gate") < order.index("open-webui")


def test_a_gate_can_be_passed_by_where_the_settings_say_so(planned: Planner) -> None:
    webui = {"host": "local", "uses": {"ollama": "ollama"}}
    container = (
        planned(services={**CHAT, "gate": {"host": "local"}, "open-webui": webui}).service("open-webui").container
    )
    assert container and "OLLAMA_BASE_URL=http://ollama:11434" in container.environment
