"""Where a rented machine is now, by its account, and who may be taken for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hosts import ssh_config
from operations import outputs
from operations.failure import Failure
from operations.gpu import login
from operations.gpu.login import machine_login, machines_of
from operations.gpu.machines import our_machines
from operations.gpu.reaper import ssh_hands
from operations.gpu.reaper.facts import Unread
from operations.gpu.reaper.ssh_hands import SshHands
from operations.outputs import Machine
from operations.ssh import Command, Ended
from operations.ssh_login import Login
from tests.unit.gpu.checkout import STACK, Checkout

KEY = "ssh-ed25519 AAAAmachine"


@pytest.fixture
def machine(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a machine that runs; the last update knew another address of it."""
    for name, value in {"ROOT": checkout.root, "account_of": checkout.account_of}.items():
        monkeypatch.setattr(login, name, value)
    identifier = checkout.rented.rent()
    checkout.rented.advance(120)
    known = Machine(
        name="n", instance_id=identifier, status="running", ip_address="203.0.113.1", ssh_port=22, ports={},
        user="user", host_key=KEY, hourly_micro_usd=350_000, idle_minutes=30,
    )  # fmt: skip
    document = {"endpoints": [], "models": {"chat": "c", "embedding": "e"}, "credentials": {}}
    outputs.write(STACK, {**document, "machines": {"inference": known.model_dump()}})
    return identifier


def test_its_account_is_asked_where_it_is(checkout: Checkout, machine: str) -> None:
    here = checkout.rented.simulated.vms[machine].ip
    found = machine_login(STACK, "inference")
    assert found.address == here != "203.0.113.1"
    assert found.ssh.user == "user"
    known_hosts = Path(found.ssh.known_hosts_file).read_text()
    assert known_hosts == f"inference.{STACK},{here} {KEY}\n"
    assert f"HostName {here}" in (checkout.root / ssh_config.config_file(STACK, "inference")).read_text()


def test_to_one_that_is_off_nobody_logs_in_and_the_next_command_is_named(checkout: Checkout, machine: str) -> None:
    checkout.rented.account().operation(600).api.stop(machine)
    checkout.rented.advance(120)
    with pytest.raises(Failure, match=rf"inference of {STACK} is stopped.*\n.*scripts/up -s {STACK}"):
        machine_login(STACK, "inference")


def test_one_that_is_gone_is_told_from_one_that_is_off(checkout: Checkout, machine: str) -> None:
    checkout.rented.account().operation(600).api.delete(machine)
    checkout.rented.advance(120)
    with pytest.raises(Failure, match="is gone"):
        machine_login(STACK, "inference")


def test_an_account_that_refuses_the_token_says_nothing_about_the_machine(checkout: Checkout, machine: str) -> None:
    assert machine
    checkout.token = "revoked"
    with pytest.raises(Failure, match="TensorDock refuses the token"):
        machine_login(STACK, "inference")


def test_a_machine_that_the_stack_does_not_have_is_named_with_those_that_it_has(machine: str) -> None:
    assert machine
    with pytest.raises(Failure, match=r"no machine trainin \(known: inference\)"):
        machine_login(STACK, "trainin")


@pytest.fixture
def recorded(machine: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same id; the engine's state, too, knows the machine."""
    component: dict[str, object] = {
        "urn": f"urn:pulumi:{STACK}::ai-platform::ai-platform:index:GpuMachine::inference",
        "type": "ai-platform:index:GpuMachine",
        "outputs": {"machine": machines_of(STACK)["inference"].model_dump()},
    }

    class Engine:
        def __init__(self, _stack: str) -> None: ...

        def resources(self) -> list[dict[str, object]]:
            return [component]

    monkeypatch.setattr(login, "Engine", Engine)
    return machine


def test_after_an_update_that_ended_badly_the_state_tells_of_the_machines(recorded: str) -> None:
    outputs.remove(STACK)
    assert machines_of(STACK)["inference"].instance_id == recorded


def test_outputs_that_cannot_be_read_do_not_hide_the_machines_from_the_reaper(
    checkout: Checkout, recorded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    async def run(place: Login, _command: Command) -> Ended:
        seen.append((place.address, Path(place.ssh.known_hosts_file).read_text()))
        raise Failure("nobody answers", "look")

    monkeypatch.setattr(ssh_hands, "run", run)
    hands = SshHands(STACK, checkout.rented.account())
    ours = our_machines(checkout.rented.account())
    outputs.write(STACK, {})
    assert hands.activities(ours, ()) == {recorded: Unread("nobody answers")}
    here = checkout.rented.simulated.vms[recorded].ip
    assert [address for address, _ in seen] == ["203.0.113.1", here], "first where it was, then where it is"
    assert all(known.endswith(f" {KEY}\n") for _, known in seen)
    (other,) = [replace(one, name="another", instance_id="another") for one in ours]
    assert "not brought up as far as another" in str(hands.activities([other], ()))
