"""A simulated account that is kept: a new process finds what the old one left; machines have a life of their own."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from simulators.reply import Request
from simulators.tensordock.account import Account
from simulators.tensordock.behaviour import Behaviour
from simulators.tensordock.clock import SECOND, SimulatorClock
from simulators.tensordock.control import control
from simulators.tensordock.faults import Fault
from simulators.tensordock.ledger import read_ledger
from simulators.tensordock.machine import Address, Machines
from simulators.tensordock.order import Order
from simulators.tensordock.service import Service
from simulators.tensordock.snapshot import Snapshot
from simulators.tensordock.store import Store
from tests.unit.tensordock.recorded_machine import Recorded
from tests.unit.tensordock.test_simulator import ORDER, call

HOUR = 3600


class Machinery:
    """Makes the machines of an account and remembers them with their orders."""

    def __init__(self) -> None:
        self.made: dict[str, Recorded] = {}
        self.orders: list[Order] = []

    def __call__(self, identifier: str, order: Order) -> Recorded:
        self.orders.append(order)
        self.made[identifier] = Recorded()
        self.made[identifier].reached = Address("127.64.1.1", {22: 20022})
        return self.made[identifier]


def opened(folder: Path, machines: Machines) -> Service:
    return Store(folder).service(machines)


def rented(service: Service, **changed: Any) -> str:
    answer = call(service, "POST", "/instances", {"data": {"attributes": {**ORDER, **changed}}}, service.token)
    identifier: str = answer["data"]["id"]
    return identifier


def status(service: Service, identifier: str) -> str:
    told: str = call(service, "GET", f"/instances/{identifier}", token=service.token)["status"]
    return told


def test_a_new_process_goes_on_with_the_same_account(tmp_path: Path) -> None:
    first = opened(tmp_path, Machinery())
    identifier = rented(first)
    first.account.clock.advance(HOUR)
    first.account.behaviour.never_ip = True
    first.faults.append(Fault(kind="slow", path="/locations", seconds=1))
    first.settle()
    second = opened(tmp_path, Machinery())
    assert (second.token, second.account.vms[identifier].status) == (first.token, "running")
    assert second.account.behaviour.never_ip and second.faults == first.faults
    assert second.account.clock.now >= first.account.clock.now - SECOND
    assert second.account.clock.ahead >= HOUR * SECOND
    assert second.account.ledger.intervals == first.account.ledger.intervals == read_ledger(tmp_path / "ledger.jsonl")
    assert second.account.stock == first.account.stock


def test_an_account_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    opened(tmp_path, Machinery())
    assert stat.S_IMODE((tmp_path / "account.json").stat().st_mode) == 0o600


def test_only_changes_are_written(tmp_path: Path) -> None:
    service = opened(tmp_path, Machinery())
    before = (tmp_path / "account.json").stat().st_ino
    call(service, "GET", "/instances", token=service.token)
    assert (tmp_path / "account.json").stat().st_ino == before
    rented(service)
    assert (tmp_path / "account.json").stat().st_ino != before


def test_time_never_goes_back_when_the_clock_of_this_machine_does() -> None:
    ahead_of_us = SimulatorClock(running=False, start=SimulatorClock().now + 10 * HOUR * SECOND)
    text = Snapshot.of(Service(Account(ahead_of_us))).model_dump_json()
    restored = Snapshot.model_validate_json(text)
    store = Account(SimulatorClock())
    assert restored.service(store.ledger, Machinery()).account.clock.now >= ahead_of_us.now


def test_an_order_whose_answer_was_lost_takes_effect_after_a_restart(tmp_path: Path) -> None:
    first = opened(tmp_path, Machinery())
    first.faults.append(Fault(kind="late", method="POST", path="/instances", seconds=60))
    first.answer(Request("POST", "/instances", first.token, {"data": {"attributes": ORDER}}))
    second = opened(tmp_path, Machinery())
    assert second.account.existing() == []
    second.account.clock.advance(61)
    second.settle()
    assert [vm.order.name for vm in second.account.existing()] == ["n"]


def test_a_new_process_adopts_machines_as_they_are_and_boots_none(tmp_path: Path) -> None:
    first = opened(tmp_path, Machinery())
    runs, rests, waits = rented(first), rented(first), ""
    first.account.clock.advance(HOUR)
    call(first, "POST", f"/instances/{rests}/stop", {}, first.token)
    first.account.clock.advance(HOUR)
    waits = rented(first)
    machinery = Machinery()
    opened(tmp_path, machinery)
    told = {identifier: machine.told for identifier, machine in machinery.made.items()}
    assert told == {runs: ["adopt on"], rests: ["adopt off"], waits: []}


@pytest.mark.parametrize("shown", ["stopped", "stoppeddisassociated", "running"])
def test_a_machine_that_powers_itself_off_shows_what_the_service_makes_of_it(tmp_path: Path, shown: Any) -> None:
    machinery = Machinery()
    service = opened(tmp_path, machinery)
    service.account.behaviour.powered_off_as = shown
    identifier = rented(service)
    service.account.clock.advance(HOUR)
    assert status(service, identifier) == "running"
    machinery.made[identifier].off = True
    assert status(service, identifier) == shown
    bills = service.account.vms[identifier].bill
    assert bills == (399_000 if shown == "running" else 5_000)


def test_a_location_may_ignore_parts_of_an_order(tmp_path: Path) -> None:
    machinery = Machinery()
    service = opened(tmp_path, machinery)
    key = {"data": {"attributes": {"name": "k", "type": "SSHKEY", "value": "ssh-ed25519 A"}}}
    made = call(service, "POST", "/secrets", key, service.token)
    wish = {"ssh_key": "", "ssh_key_id": made["data"]["id"], "cloud_init": {"runcmd": ["true"]}}
    rented(service, **wish)
    service.account.behaviour = Behaviour(ssh_key_ignored=["loc-mid"], cloud_init_ignored=["loc-mid"])
    rented(service, **wish)
    assert [(order.ssh_key, dict(order.cloud_init)) for order in machinery.orders] == [
        ("ssh-ed25519 A", {"runcmd": ["true"]}),
        ("", {}),
    ]


def test_an_unreachable_machine_names_a_port_that_leads_nowhere(tmp_path: Path) -> None:
    service = opened(tmp_path, Machinery())
    service.account.behaviour.ssh_unreachable = True
    identifier = rented(service)
    service.account.clock.advance(HOUR)
    found = call(service, "GET", f"/instances/{identifier}", token=service.token)
    assert found["portForwards"] == [{"internal_port": 22, "external_port": 9}]


def test_somebody_else_may_rent_in_the_account(tmp_path: Path) -> None:
    service = opened(tmp_path, Machinery())
    control(service, Request("POST", "/_simulator/vms", body={"name": "theirs"}))
    listed = call(service, "GET", "/instances", token=service.token)["data"]["instances"]
    assert [each["attributes"]["name"] for each in listed] == ["theirs"]


def test_the_inside_of_a_machine_is_set_from_outside(tmp_path: Path) -> None:
    service = opened(tmp_path, Machinery())
    identifier = rented(service)

    def told(path: str, body: Any) -> Any:
        return json.loads(control(service, Request("POST", f"/_simulator/vms/{identifier}/{path}", body=body)).body)

    assert told("gpu", {"utilization.gpu": "97 %"}) == {"said": "gpu.py utilization.gpu=97 %"}
    assert told("switch", {"switch": "gpu-absent", "state": "on"}) == {"said": "switch.py gpu-absent on"}
    assert told("network", {"cut": True}) == {"cut": True}
    service.account.vms[identifier].machine = None
    assert "without real machines" in told("gpu", {})["error"]
