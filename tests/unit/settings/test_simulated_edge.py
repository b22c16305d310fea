"""A simulated account has its own identifiers, zone and token; a real one has to be named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from settings.load import load
from settings.route import SIMULATED, SIMULATED_ZONE
from settings.simulated_edge import FOLDER, endpoint
from simulators.cloudflare.account import ACCOUNT, ZONE, Account

LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 4, "memory_gb": 8, "disk_gb": 50}
REAL = {"account_id": "c" * 32, "zone_id": "d" * 32}


def sections(hostname: str = "www.dev.test", **edge: Any) -> dict[str, Any]:
    return {
        "hosts": {"local": LOCAL},
        "services": {"web": {"host": "local"}, "tunnel": {"host": "local"}},
        "routes": [{"hostname": hostname, "service": "web", "access": "private"}],
        "edge": {"emails": ["owner@dev.test"], **edge},
    }


def faults(given: dict[str, Any]) -> list[str]:
    return [f"{one.path}: {one.cause}" for one in load("test", given, "Pulumi.test.yaml").problems]


def test_a_simulated_account_needs_neither_identifiers_nor_token() -> None:
    parsed = load("test", sections(simulated=True), "Pulumi.test.yaml")
    assert parsed.problems == ()
    edge = parsed.environment.edge
    assert edge and (edge.account_id, edge.zone_id, edge.team, edge.port) == (*SIMULATED.values(), ":8443")


def test_what_the_settings_say_of_the_simulated_account_is_what_it_is() -> None:
    assert (SIMULATED["account_id"], SIMULATED["zone_id"], SIMULATED_ZONE) == (ACCOUNT, ZONE, Account().zone_name)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (sections(simulated=True, account_id="c" * 32), "edge.account_id: a simulated account has its own"),
        (sections(simulated=True, team="office"), "edge.team: a simulated account has its own"),
        (sections("www.example.com", simulated=True), "routes.0.hostname: not in the zone of a simulated account"),
        (
            {**sections(simulated=True), "secrets": {"cloudflare-api-token": "t"}},
            "secrets.cloudflare-api-token: a simulated account has a token of its own",
        ),
        (
            {**sections(**REAL, browsers="127.0.0.1:1"), "secrets": {"cloudflare-api-token": "t"}},
            "edge.browsers: this is said of a simulated account only",
        ),
        (
            {**sections(zone_id="d" * 32), "secrets": {"cloudflare-api-token": "t"}},
            "edge.account_id: required, but missing",
        ),
        (sections(**REAL), "secrets.cloudflare-api-token: the edge needs an API token"),
        (sections(simulated=True, connectors="docker0"), "edge.connectors: String should match pattern"),
    ],
)
def test_an_account_is_named_once(given: dict[str, Any], fault: str) -> None:
    assert any(one.startswith(fault) for one in faults(given)), faults(given)


def test_where_it_answers_is_read_from_its_folder_and_the_token_is_shown_to_nobody(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir(parents=True)
    told = {"url": "http://127.0.0.1:9/client/v4", "token": "secret", "browsers": "127.0.0.1:8443"}
    (tmp_path / FOLDER / "endpoint.json").write_text(json.dumps(told))
    found = endpoint(tmp_path)
    assert (found.url, found.token) == ("http://127.0.0.1:9/client/v4", "secret")
    assert "secret" not in repr(found)
