"""A round of the reaper looks at every stack that it can, whatever becomes of the others."""

from __future__ import annotations

import argparse
import errno
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from operations.gpu import login, vm_start
from operations.gpu.cost_check import chosen
from operations.gpu.environments import stack_of
from operations.gpu.machines import OurMachine
from operations.gpu.reaper import __main__ as reaper
from operations.gpu.reaper import rounds, ssh_hands
from operations.gpu.reaper.facts import Unread
from operations.gpu.reaper.ssh_hands import SshHands
from operations.gpu.spend import ledger
from operations.outputs import Machine
from operations.project import stack_names
from settings.problem import SettingsError
from tests.unit.gpu.checkout import HOST, STACK, Checkout
from tests.unit.gpu.rented import name_of


@pytest.fixture
def spent(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A machine that nobody can log in to, and a budget that it has used up."""
    for module in (rounds, login):
        monkeypatch.setattr(module, "ROOT", checkout.root)
    monkeypatch.setattr(rounds, "account_of", checkout.account_of)
    monkeypatch.setattr(rounds, "has_account", lambda _stack: bool(checkout.token))
    monkeypatch.setattr(ssh_hands, "machines_of", lambda _stack: {})
    monkeypatch.setattr(ssh_hands, "recorded_machines", lambda _stack: {})
    checkout.settings(budget={"day_usd": 0.5, "month_usd": 50})
    checkout.rented.rent()
    checkout.rented.keeper().take_stock()
    checkout.rented.advance(2 * 3600)
    return checkout


def test_a_file_that_cannot_be_read_keeps_no_other_stack_from_its_look(spent: Checkout) -> None:
    (spent.root / "Pulumi.prod-training.yaml").write_text("config: [", encoding="utf-8")
    result = rounds.Rounds().go(stack_names())
    assert spent.running() == ["stopped"]
    assert "not YAML" in result.untold["prod-training"]
    assert [one.failed for one in result.machines] == [False]


FAULTY: dict[str, dict[str, Any]] = {
    "host": {"hosts": {"inference": {**HOST, "gpu": {**HOST["gpu"], "idle_minuts": 5}}}},
    "budget": {"budget": {"day_usd": 0.5, "month_us": 50}},
}


@pytest.mark.parametrize("faulty", FAULTY.values(), ids=FAULTY)
def test_a_fault_in_the_settings_is_loud_as_long_as_there_is_a_machine(
    spent: Checkout, faulty: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    spent.settings(**faulty)
    assert "unknown key" in rounds.Rounds().go([STACK]).untold[STACK]
    assert f"may not stop VM {name_of()} (running), costs 0.349 USD an hour" in capsys.readouterr().err


def test_a_host_with_a_fault_is_not_said_to_be_none(checkout: Checkout) -> None:
    checkout.settings(**FAULTY["host"])
    for look in (lambda: stack_of("inference", "dev"), lambda: chosen("dev")):
        with pytest.raises(SettingsError, match="idle_minuts"):
            look()


def test_a_full_disk_keeps_no_machine_running(
    spent: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_given: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ledger, "_write", full)
    monkeypatch.setattr(Path, "write_text", full)
    rounds.Rounds().go([STACK])
    assert spent.running() == ["stopped"]
    assert "the spend ledger is not kept: [Errno 28] No space left on device" in capsys.readouterr().err


def test_a_refused_token_is_told_with_what_cannot_be_stopped_and_its_price(
    spent: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    spent.token = "revoked"
    assert "TensorDock refuses the token" in rounds.Rounds().go([STACK]).untold[STACK]
    said = capsys.readouterr().err
    assert f"cannot stop VM {name_of()} (running), costs 0.349 USD an hour" in said


def test_a_ledger_of_another_user_keeps_no_machine_running(spent: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    spent.rented.ledger.path.unlink()
    spent.rented.ledger.path.mkdir()
    assert spent.rented.ledger.readable() == []
    assert [one.failed for one in rounds.Rounds().go([STACK]).machines] == [False]
    assert "the spend ledger is not kept" in capsys.readouterr().err


def test_a_login_whose_files_cannot_be_written_is_no_answer(spent: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    ours = spent.rented.ours()
    monkeypatch.setattr(SshHands, "_place", full)
    told = SshHands(STACK, spent.rented.account()).activities([ours], ())[ours.instance_id]
    assert isinstance(told, Unread) and "No space left" in told.cause


def test_of_a_host_that_was_taken_out_of_the_file_nobody_can_tell_and_the_round_goes_on(
    spent: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours: OurMachine = spent.rented.ours()
    known = Machine(
        name=ours.name, instance_id=ours.instance_id, status="running", ip_address="203.0.113.1", ssh_port=22,
        ports={}, user="user", host_key="ssh-ed25519 AAAA", hourly_micro_usd=349_000, idle_minutes=30,
    )  # fmt: skip
    monkeypatch.setattr(ssh_hands, "machines_of", lambda _stack: {"earlier": known})
    told = SshHands(STACK, spent.rented.account()).activities([ours], ())[ours.instance_id]
    assert isinstance(told, Unread)
    assert f"Pulumi.{STACK}.yaml has no such host" in told.cause


def test_a_host_is_not_taken_for_the_one_whose_name_it_begins_with(checkout: Checkout) -> None:
    checkout.rented.rent(name_of(resource="gpu"))
    checkout.rented.advance(120)
    [running] = [checkout.rented.ours()]
    assert running.stands_for("gpu") and not running.stands_for("gpu-large")
    checkout.settings(hosts={"gpu": HOST, "gpu-large": deepcopy(HOST)})
    assert not vm_start._runs(checkout.plan(STACK), [running])


def test_standard_output_holds_the_rounds_json_and_nothing_of_a_destroy(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def go(_rounds: rounds.Rounds, _stacks: list[str]) -> rounds.Round:
        print("Destroying (dev-inference)")
        return rounds.Round()

    monkeypatch.setattr(rounds.Rounds, "go", go)
    assert reaper._run(argparse.Namespace(environment=[], watch=False, json=True)) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {"machines": [], "untold": {}}
    assert "Destroying" in said.err
