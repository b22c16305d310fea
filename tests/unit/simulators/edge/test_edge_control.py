"""The simulator's own switches of its edge: the mailbox, the keys, who is connected."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulators.cloudflare.control import control
from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.edge.keys import KeyRing
from simulators.cloudflare.service import Service
from simulators.reply import Request
from tests.unit.simulators.edge.zone import Zone


def switched(service: Service, method: str, path: str, body: Any = None) -> Any:
    return json.loads(control(service, Request(method, f"/_simulator/{path}", body=body)).body)


def test_mails_and_keys_are_those_of_the_edge(service: Service) -> None:
    service.edge = Edge(service.account, service.lock, keys=KeyRing())
    service.edge.mailbox.send("owner@dev.test", "chat.dev.test", 0)
    told = switched(service, "GET", "mailbox")
    assert [(each["to"], each["host"]) for each in told] == [("owner@dev.test", "chat.dev.test")]
    new = switched(service, "POST", "keys", {"kept_seconds": 60})["kid"]
    assert next(each["kid"] for each in service.edge.keys.published()["keys"]) == new
    assert len(service.edge.keys.published()["keys"]) == 2


def test_without_an_edge_they_say_how_to_get_one(service: Service) -> None:
    assert "--folder" in str(switched(service, "GET", "mailbox"))


def test_connections_are_told_by_connector_and_only_a_valid_token_makes_one(service: Service, zone: Zone) -> None:
    tunnel = zone.tunnel()
    token = zone.call("GET", f"cfd_tunnel/{tunnel}/token")
    for identifier in ("a", "b"):
        switched(service, "POST", "connectors", {"token": token, "id": identifier, "address": "192.0.2.1"})
    told = zone.call("GET", f"cfd_tunnel/{tunnel}/connections")
    assert [each["conns"][0]["origin_ip"] for each in told] == ["192.0.2.1"] * 2
    for wrong in ("", token[8:], "e30="):
        refused = switched(service, "POST", "connectors", {"token": wrong, "id": "c", "address": "x"})
        assert refused["errors"][0]["message"].startswith("Unauthorized")
    zone.call("DELETE", f"cfd_tunnel/{tunnel}/connections")
    zone.call("DELETE", f"cfd_tunnel/{tunnel}")
    with pytest.raises(AssertionError, match="not found"):
        zone.call("GET", f"cfd_tunnel/{tunnel}/connections")
