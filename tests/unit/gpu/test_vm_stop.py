"""A stop says what the stopped machine costs; where it cannot stop, one page says what to do by hand."""

from __future__ import annotations

import errno

import pytest

from operations.failure import USAGE, Failure
from operations.gpu.exit_codes import CANNOT_STOP, METER_GOES_ON
from operations.gpu.spend import ledger
from operations.gpu.starting import UnfinishedStart
from operations.gpu.vm_start import start
from operations.gpu.vm_stop import destroy, switch_off
from providers.tensordock.client.status import Status
from simulators.tensordock.faults import Fault
from tests.unit.gpu.checkout import HOST, STACK, Checkout

Said = pytest.CaptureFixture[str]


@pytest.fixture
def running(checkout: Checkout, capsys: Said) -> Checkout:
    start("inference", "dev", yes=True)
    capsys.readouterr()
    return checkout


def test_a_stop_says_what_the_stopped_machine_costs(running: Checkout, capsys: Said) -> None:
    assert switch_off(STACK) == 0
    assert running.running() == ["stopped"]
    said = capsys.readouterr().out
    assert "two reads agree that it costs 0.005 USD an hour" in said and "--destroy" in said
    assert [each.status for each in running.rented.ledger.facts()][-2:] == ["stopping", "stopped"]


def test_a_second_stop_does_not_take_the_price_of_a_disk_for_that_of_a_card(running: Checkout, capsys: Said) -> None:
    assert (switch_off(STACK), switch_off(STACK)) == (0, 0)
    assert "THE METER GOES ON" not in capsys.readouterr().err


def test_a_ledger_that_cannot_be_kept_or_read_keeps_nobody_from_stopping(
    running: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    def full(_descriptor: int, _content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = running.rented.ledger.path
    path.write_text("no fact\n" + path.read_text())
    assert switch_off(STACK) == 0 and running.running() == ["stopped"]
    assert f"{path}:1 is no fact" in capsys.readouterr().err
    path.write_text(path.read_text().removeprefix("no fact\n"))
    start("inference", "dev", yes=True)
    monkeypatch.setattr(ledger, "_write", full)
    running.rented.advance(7200)
    assert switch_off(STACK) == 0 and running.running() == ["stopped"]
    assert "the spend ledger is not kept" in capsys.readouterr().err


def test_a_meter_that_goes_on_is_loud_with_the_command_that_ends_it(running: Checkout, capsys: Said) -> None:
    running.rented.behave(stopped_bills="full")
    assert switch_off(STACK) == METER_GOES_ON
    said = capsys.readouterr().err
    assert "THE METER GOES ON" in said and "scripts/vm-stop.sh inference -e dev --destroy" in said
    assert "0.349 USD an hour" in said


def test_a_price_that_is_not_told_is_said(checkout: Checkout, capsys: Said) -> None:
    checkout.rented.behave(hides_price=True)
    start("inference", "dev", yes=True)
    assert switch_off(STACK) == 0
    assert "nobody can tell whether its card is still paid for" in capsys.readouterr().out


def test_a_refused_token_is_one_page_from_the_ledger_and_no_storm(running: Checkout, capsys: Said) -> None:
    running.token = "revoked"
    before = len(running.rented.service.calls)
    with pytest.raises(Failure, match=r"(?s)cannot stop VM pulumi-dev-inference.*costs 0\.349 USD.*by hand") as page:
        switch_off(STACK)
    assert page.value.code == CANNOT_STOP
    assert len(running.rented.service.calls) - before == 2
    assert running.running() == ["running"]


def test_a_list_that_does_not_answer_stops_what_the_ledger_knows(running: Checkout, capsys: Said) -> None:
    class OnlyTheList(Fault):
        def meets(self, method: str, path: str) -> bool:
            return path == "/instances"

    running.rented.service.faults = [OnlyTheList(kind="error", status=500, times=9)]
    assert switch_off(STACK) == 0
    assert running.running() == ["stopped"]
    assert "going by the ledger" in capsys.readouterr().err


def test_nothing_rented_is_said(checkout: Checkout, capsys: Said) -> None:
    assert switch_off(STACK) == 0
    assert "nothing is rented" in capsys.readouterr().out


def test_a_simulated_account_is_not_started_to_stop_nothing(checkout: Checkout, capsys: Said) -> None:
    checkout.settings(hosts={"inference": {**HOST, "simulated": True}})
    checkout.token = ""
    assert switch_off(STACK) == 0
    assert "nothing is rented" in capsys.readouterr().out
    assert checkout.rented.service.calls == []


def test_a_stop_after_a_start_that_was_cut_off_forgets_that_start(running: Checkout) -> None:
    UnfinishedStart(STACK).begin()
    switch_off(STACK)
    assert not UnfinishedStart(STACK).there


def test_destroy_asks_and_leaves_nothing(running: Checkout, capsys: Said) -> None:
    with pytest.raises(Failure, match="Everything on its disk is lost") as refused:
        destroy(STACK, yes=False)
    assert refused.value.code == USAGE and running.running() == ["running"]
    destroy(STACK, yes=True)
    assert running.running() == [] and running.up[-1] == f"-{STACK}"
    assert "nothing is rented any more" in capsys.readouterr().out
    assert running.rented.ledger.facts()[-1].status == Status.DELETED


def test_a_destroy_that_left_a_machine_is_no_success(running: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.engine, "tear_down", lambda _stack: None)
    with pytest.raises(Failure, match=r"still there: pulumi-dev-inference.*\n.*scripts/gpu-sweep"):
        destroy(STACK, yes=True)
