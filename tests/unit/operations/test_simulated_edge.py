"""The simulated Cloudflare account of a checkout serves all its environments and ends with the last."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from operations import simulated_edge
from operations.edge.lost_account import forget_lost
from operations.failure import Failure
from planning.plan import Plan
from settings.load import load
from simulators.background import ControlError
from simulators.cloudflare import process, records
from simulators.cloudflare.process import Found
from simulators.cloudflare.store import opened
from simulators.reply import Request

HERE: dict[str, Any] = {"kind": "local", "address": "127.0.0.1", "cpus": 4, "memory_gb": 8, "disk_gb": 50}
URN = "urn:pulumi:test::ai-platform::"
TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared"


def planned(name: str = "dev", *, simulated: bool = True, **edge: Any) -> Plan:
    sections: dict[str, Any] = {"hosts": {"local": HERE}, "services": {"ollama": {"host": "local"}}}
    if simulated:
        sections["services"] |= {"tunnel": {"host": "local"}, "chat": {"kind": "open-webui-alone", "host": "local"}}
        sections["routes"] = [{"hostname": "chat.dev.test", "service": "chat", "access": "private"}]
        sections["edge"] = {"simulated": True, "emails": ["owner@dev.test"], **edge}
    environment = load(name, sections, f"Pulumi.{name}.yaml").valid()
    return Plan(environment=environment, hosts=environment.hosts, services=())


@pytest.fixture
def began(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What became of the process."""
    told: list[str] = []
    at: list[dict[str, str]] = []

    def start(_folder: Path, places: dict[str, str], *, whole: bool) -> None:
        if not running(_folder):
            told.append("whole" if whole else "API")
            at.append(places)

    def running(_folder: Path) -> Found | None:
        if told[-1:] in ([], ["stop"]):
            return None
        return Found("http://127.0.0.1:9/client/v4", told[-1] == "whole", at[-1], token="t")

    def stop(_folder: Path) -> bool:
        told.append("stop")
        return True

    for name, stand_in in (("start", start), ("running", running), ("stop", stop)):
        monkeypatch.setattr(process, name, stand_in)
    monkeypatch.setattr(simulated_edge, "is_free", lambda *_: True)
    monkeypatch.setattr(simulated_edge, "is_here", lambda address: address != "192.0.2.1")
    return told


def test_one_process_serves_all_environments_and_ends_with_the_last(tmp_path: Path, began: list[str]) -> None:
    one, other = planned("one"), planned("other")
    for plan in (one, other, one, planned("dark", simulated=False)):
        simulated_edge.start(plan, tmp_path)
    simulated_edge.release(one, tmp_path)
    assert began == ["whole"]
    simulated_edge.release(other, tmp_path)
    assert began == ["whole", "stop"]


def test_a_preview_of_what_is_not_up_leaves_no_process_and_one_of_what_is_leaves_it(
    tmp_path: Path, began: list[str]
) -> None:
    with simulated_edge.lasting(planned(), tmp_path):
        assert began == ["API"]
    assert began == ["API", "stop"]
    simulated_edge.start(planned(), tmp_path)
    with simulated_edge.lasting(planned(), tmp_path):
        pass
    assert began == ["API", "stop", "whole"]


def test_an_update_opens_what_a_preview_had_started_closed(tmp_path: Path, began: list[str]) -> None:
    with simulated_edge.lasting(planned(), tmp_path):
        simulated_edge.start(planned("other"), tmp_path)
    assert began == ["API", "stop", "whole"]


def test_other_addresses_move_it_unless_another_environment_is_served(tmp_path: Path, began: list[str]) -> None:
    simulated_edge.start(planned("one"), tmp_path)
    simulated_edge.start(planned("one", browsers="127.0.0.1:9443"), tmp_path)
    assert began == ["whole", "stop", "whole"]
    with pytest.raises(Failure, match=r"serves one at 127\.0\.0\.1:9443 and .*not where Pulumi\.other\.yaml says"):
        simulated_edge.start(planned("other"), tmp_path)


def test_a_taken_address_is_named_with_who_holds_it_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Failure, match=rf"{place} \(edge\.browsers\) is held by .*nothing was changed"):
            simulated_edge.start(planned(browsers=place), tmp_path)
    assert not (tmp_path / "lock").exists()


def test_a_preview_needs_no_address(tmp_path: Path, began: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_edge, "is_free", lambda *_: False)
    with simulated_edge.lasting(planned(), tmp_path):
        assert began == ["API"]


def test_without_dockers_bridge_a_preview_goes_on_and_nothing_is_brought_up(tmp_path: Path, began: list[str]) -> None:
    elsewhere = planned(connectors="192.0.2.1:7844")
    with simulated_edge.lasting(elsewhere, tmp_path):
        assert began == ["API"]
    with pytest.raises(Failure, match=r"192\.0\.2\.1 \(edge\.connectors\) is no address of this machine"):
        simulated_edge.start(elsewhere, tmp_path)


def test_last_words_of_a_process_that_does_not_start_are_told(
    tmp_path: Path, began: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise ControlError("the simulated Cloudflare account does not answer:\nout of paper")

    monkeypatch.setattr(process, "start", fails)
    with pytest.raises(Failure, match="out of paper"):
        simulated_edge.start(planned(), tmp_path)


def test_what_is_in_the_account_and_its_token_outlive_the_process_and_connections_do_not(tmp_path: Path) -> None:
    first = opened(tmp_path)
    record = {"name": "www.dev.test", "type": "A", "content": "192.0.2.1", "proxied": True, "ttl": 1}
    path = f"zones/{first.account.zone}/dns_records"
    assert first.answer(Request("POST", path, first.token, record)).status == 200
    first.account.connectors["tunnel"] = {"one": {}}
    second = opened(tmp_path)
    assert second.account.all(records.KIND) == first.account.all(records.KIND)
    assert second.token == first.token and not second.account.connectors
    assert (tmp_path / "account.json").stat().st_mode & 0o777 == 0o600


class Recorded:
    """An engine with a state."""

    def __init__(self) -> None:
        chains = (TUNNEL, f"ai-platform:index:Tunnel${TUNNEL}", "ai-platform:index:Tunnel$command:local:Command",
                  "docker:index:Container", "pulumi:providers:cloudflare")  # fmt: skip
        self.state = [
            {"urn": f"{URN}{chain}::{number}", "type": chain.rpartition("$")[2], "id": f"id-{number}"}
            for number, chain in enumerate(chains)
        ]
        self.written = ""

    def resources(self) -> list[dict[str, str]]:
        return self.state

    def export(self) -> dict[str, Any]:
        return {"deployment": {"resources": self.state}}

    def replace_state(self, state: str) -> None:
        self.written = state


class Held:
    """An account that holds these tunnels."""

    def __init__(self, *tunnels: str) -> None:
        self.tunnels = tunnels

    def all(self, _kind: str) -> list[dict[str, str]]:
        return [{"id": one} for one in self.tunnels]


def test_of_an_account_that_was_removed_the_state_forgets_all_and_of_one_that_is_there_nothing() -> None:
    engine = Recorded()
    forget_lost(engine, Held("id-1"))  # type: ignore[arg-type]
    assert engine.written == ""
    forget_lost(engine, Held())  # type: ignore[arg-type]
    assert "id-3" in engine.written and "id-4" in engine.written
    assert not any(f"id-{number}" in engine.written for number in range(3))
