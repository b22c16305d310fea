"""The simulated account: exact bills, a clock that only moves forward, switches that do what they say."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from simulators.reply import Request
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SECOND, SimulatorClock
from simulators.tensordock.control import control
from simulators.tensordock.ledger import Ledger, read_ledger, total
from simulators.tensordock.machine import Address
from simulators.tensordock.order import Order
from simulators.tensordock.service import TOKEN, Service
from tests.unit.tensordock.recorded_machine import Recorded

CARD = "geforcertx4090-pcie-24gb"
ORDER = {
    "name": "n", "image": "ubuntu2404", "location_id": "loc-mid", "useDedicatedIp": True, "ssh_key": "k",
    "resources": {"vcpu_count": 4, "ram_gb": 16, "storage_gb": 100, "gpus": {CARD: {"count": 1}}},
}  # fmt: skip


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(Account(SimulatorClock(running=False, start=0), Ledger(tmp_path / "bill.jsonl")))


def call(service: Service, method: str, path: str, body: Any = None, token: str = TOKEN) -> Any:
    reply = service.answer(Request(method, path, token, body))
    return json.loads(reply.body)


def ordered(service: Service) -> str:
    made = call(service, "POST", "/instances", {"data": {"type": "virtualmachine", "attributes": ORDER}})
    identifier: str = made["data"]["id"]
    return identifier


def test_the_bill_is_exact_to_the_microsecond_however_rarely_it_is_looked_at(service: Service, tmp_path: Path) -> None:
    identifier = ordered(service)
    service.account.clock.advance(3600)
    call(service, "POST", f"/instances/{identifier}/stop", {})
    service.account.clock.advance(3600)
    call(service, "DELETE", f"/instances/{identifier}")
    service.account.clock.advance(86_400)
    service.settle()
    intervals = read_ledger(tmp_path / "bill.jsonl")
    spent = [(each.state, each.end - each.start, each.micro_usd_hour) for each in intervals if each.end is not None]
    assert spent == [
        ("creating", 10 * SECOND, 399_000),
        ("running", 3590 * SECOND, 399_000),
        ("stopping", 5 * SECOND, 399_000),
        ("stopped", 3595 * SECOND, 5_000),
        ("deleting", 3 * SECOND, 5_000),
    ]
    expected = Fraction(399_000 * 3605 + 5_000 * 3598, 3600)
    assert total(intervals, service.account.clock.now) == expected
    assert service.account.ledger.running() == []


def test_a_machine_runs_before_it_has_an_address(service: Service) -> None:
    identifier = ordered(service)
    service.account.clock.advance(11)
    assert "ipAddress" not in call(service, "GET", f"/instances/{identifier}")
    service.account.clock.advance(15)
    assert call(service, "GET", f"/instances/{identifier}")["ipAddress"]


def test_cards_run_out_and_come_back(service: Service) -> None:
    made = [ordered(service) for _ in range(4)]
    refused = call(service, "POST", "/instances", {"data": {"attributes": ORDER}})
    assert refused == {"status": 400, "error": "No available nodes found"}
    call(service, "DELETE", f"/instances/{made[0]}")
    service.account.clock.advance(10)
    ordered(service)


def test_a_card_that_a_stop_released_may_be_taken(service: Service) -> None:
    service.account.behaviour.stopped_as = "stoppeddisassociated"
    identifier = ordered(service)
    service.account.clock.advance(30)
    call(service, "POST", f"/instances/{identifier}/stop", {})
    service.account.clock.advance(30)
    for _ in range(4):
        ordered(service)
    assert call(service, "POST", f"/instances/{identifier}/start", {})["status"] == 400


def test_lists_lag_behind_when_they_are_told_to(service: Service) -> None:
    service.account.behaviour.list_lag_s = 20
    identifier = ordered(service)
    assert call(service, "GET", "/instances")["data"]["instances"] == []
    assert call(service, "GET", f"/instances/{identifier}")["id"] == identifier
    service.account.clock.advance(21)
    assert len(call(service, "GET", "/instances")["data"]["instances"]) == 1


def test_more_than_a_hundred_calls_a_minute_are_refused_with_a_time(service: Service) -> None:
    for _ in range(100):
        call(service, "GET", "/instances")
    reply = service.answer(Request("GET", "/instances", TOKEN))
    assert (reply.status, reply.headers["Retry-After"]) == (429, "61")
    service.account.clock.advance(61)
    assert service.answer(Request("GET", "/instances", TOKEN)).status == 200


def test_switches_clock_and_faults_are_set_from_outside(service: Service) -> None:
    def set_to(path: str, body: Any) -> int:
        return control(service, Request("POST", f"/_simulator/{path}", body=body)).status

    assert set_to("clock", {"advance": 1800}) == 200
    assert service.account.clock.now == 1800 * SECOND
    assert set_to("clock", {"advance": -1}) == 400
    assert set_to("behaviour", {"never_ip": True}) == 200
    assert service.account.behaviour.never_ip
    assert set_to("behaviour", {"never_up": True}) == 400
    assert set_to("faults", [{"kind": "lost", "method": "POST"}]) == 200
    assert set_to("faults", [{"kind": "meteor"}]) == 400
    assert set_to("token", {"token": "new"}) == 200
    assert call(service, "GET", "/instances") == {"error": "Unauthorized"}
    assert set_to("vms/none", {"become": "gone"}) == 404


def test_a_real_machine_behind_a_vm_is_started_stopped_and_destroyed_with_it(service: Service) -> None:
    machine = Recorded()

    def machines(_identifier: str, order: Order) -> Recorded:
        assert order.ssh_key == "k"
        return machine

    service.account.machines = machines
    identifier = ordered(service)
    service.account.clock.advance(100)
    assert "ipAddress" not in call(service, "GET", f"/instances/{identifier}")
    machine.reached = Address("127.0.0.7", {22: 2222})
    found = call(service, "GET", f"/instances/{identifier}")
    assert (found["ipAddress"], found["portForwards"]) == (
        "127.0.0.7", [{"internal_port": 22, "external_port": 2222}]
    )  # fmt: skip
    for verb in ("stop", "start"):
        call(service, "POST", f"/instances/{identifier}/{verb}", {})
        service.account.clock.advance(100)
    call(service, "DELETE", f"/instances/{identifier}")
    service.account.clock.advance(100)
    service.settle()
    assert machine.told == ["start", "stop", "start", "destroy"]


ODD = [None, "", -1, "x", [], {"a": 1}, 1e999, 10**400, [{"internal_port": "a"}]]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:20])
def test_a_body_in_an_odd_form_is_refused_and_changes_nothing(service: Service, odd: Any) -> None:
    identifier = ordered(service)
    service.account.clock.advance(60)
    call(service, "POST", f"/instances/{identifier}/stop", {})
    service.account.clock.advance(60)
    before = call(service, "GET", f"/instances/{identifier}")
    size = {"cpuCores": 4, "ramGb": 16, "diskGb": 100, "gpus": {"gpuV0Name": CARD, "count": 1}}
    resources: dict[str, Any] = ORDER["resources"]  # type: ignore[assignment]
    for method, path, body in (
        ("POST", "/instances", odd),
        ("POST", "/instances", {"data": {"attributes": odd}}),
        ("POST", "/instances", {"data": {"attributes": {**ORDER, "name": [odd]}}}),
        ("POST", "/instances", {"data": {"attributes": {**ORDER, "resources": odd}}}),
        ("POST", "/instances", {"data": {"attributes": {**ORDER, "resources": {**resources, "gpus": odd}}}}),
        ("PUT", f"/instances/{identifier}/modify", [odd]),
        ("PUT", f"/instances/{identifier}/modify", {**size, "cpuCores": [odd]}),
    ):
        assert service.answer(Request(method, path, TOKEN, body)).status == 400, body
    assert call(service, "GET", f"/instances/{identifier}") == before


def test_a_known_path_with_another_method_is_told_from_an_unknown_one(service: Service) -> None:
    answers = [service.answer(Request("PATCH", path, TOKEN, {})).status for path in ("/secrets/x", "/nothing")]
    assert answers == [405, 404]
