"""Costs are those of the ledger, checked against the account; what disagrees or cannot be told is never silent."""

from __future__ import annotations

import argparse
import json

import pytest

from operations.failure import FAILED, Failure
from operations.gpu.cost_check import DIFFERS, check
from operations.gpu.spend.forecast import forecast
from operations.gpu.status import status
from operations.gpu.stopping import stop
from operations.gpu.vm_start import start
from simulators.tensordock.control import become
from tests.unit.gpu.checkout import HOST, STACK, Checkout
from tests.unit.gpu.rented import name_of
from tests.unit.gpu.test_spend_sums import second

Said = pytest.CaptureFixture[str]
EVERYTHING = argparse.Namespace(environment=None)


@pytest.fixture
def hour(checkout: Checkout, capsys: Said) -> Checkout:
    """One machine ran for an hour and is stopped."""
    start("inference", "dev", yes=True)
    checkout.rented.advance(3600)
    stop(checkout.rented.account(), checkout.rented.ours(), checkout.rented.keeper().saw)
    capsys.readouterr()
    return checkout


def test_cost_is_what_the_account_has_billed(hour: Checkout, capsys: Said) -> None:
    assert check("dev", as_json=True) == 0
    found = json.loads(capsys.readouterr().out)["environments"][0]
    assert found["spent_micro_usd"]["this_month"] == pytest.approx(hour.rented.billed(), abs=10_000)
    assert found["hourly_micro_usd"] == 5_000
    assert [each["status"] for each in found["machines"]] == ["stopped"]
    assert {each["period"]: each["limit"] for each in found["budgets_micro_usd"]} == {
        "day": 5_000_000,
        "month": 50_000_000,
    }


def test_a_table_shows_the_same(hour: Checkout, capsys: Said) -> None:
    assert check(None, as_json=False) == 0
    said = capsys.readouterr().out
    assert "0.37" in said and "50.00" in said and "stopped" in said


def test_a_machine_that_was_started_behind_the_ledger_is_loud(hour: Checkout, capsys: Said) -> None:
    hour.rented.account().operation(600).api.start(hour.rented.ours().instance_id)
    hour.rented.advance(60)
    assert check("dev", as_json=False) == DIFFERS
    assert "LEDGER AND ACCOUNT DISAGREE" in capsys.readouterr().out
    assert check("dev", as_json=False) == 0


def test_a_machine_without_a_stack_is_loud_as_long_as_it_exists(hour: Checkout, capsys: Said) -> None:
    hour.rented.rent(name_of("prod-forgotten"))
    hour.rented.rent("a-foreign-machine")
    for _ in range(2):
        assert check("dev", as_json=False) == DIFFERS
        said = capsys.readouterr().out
        assert "WITHOUT A STACK: pulumi-prod-forgotten" in said and "costs 0.349 USD an hour" in said
        assert "machines of others in these accounts: 1" in said and "a-foreign-machine" not in said


def test_an_account_that_cannot_tell_is_no_zero(hour: Checkout, capsys: Said) -> None:
    hour.token = "revoked"
    assert check("dev", as_json=False) == FAILED
    said = capsys.readouterr().out
    assert "could not be told: dev-inference: TensorDock refuses the token" in said and "0.37" in said
    assert status(EVERYTHING) == FAILED
    assert "unknown" in capsys.readouterr().out


def test_a_stack_without_an_account_that_never_rented_anything_is_no_fault(checkout: Checkout, capsys: Said) -> None:
    checkout.token = ""
    assert check(None, as_json=False) == 0
    assert "no account is set up here" in capsys.readouterr().out
    assert status(EVERYTHING) == 0
    assert "no account" in capsys.readouterr().out


def test_an_environment_that_rents_nothing_is_refused(checkout: Checkout) -> None:
    with pytest.raises(Failure, match=r"live has no GPU stack \(known: dev\)"):
        check("live", as_json=True)


def cells(said: str, name: str) -> list[str]:
    [row] = [line for line in said.splitlines() if f" {name} " in line]
    return [cell.strip() for cell in row.split("│")[1:-1]]


def test_status_has_one_row_for_each_machine_and_one_for_what_is_gone(hour: Checkout, capsys: Said) -> None:
    assert status(EVERYTHING) == 0
    row = cells(capsys.readouterr().out, "dev-inference/inference")
    assert row[1:4] == ["stopped", "geforcertx4090-pcie-24gb", "0.005"]
    assert row[6:] == ["0.37", "5/50", "-"]
    become(hour.rented.simulated, hour.rented.ours().instance_id, "gone")
    status(EVERYTHING)
    row = cells(capsys.readouterr().out, STACK)
    assert row[1:4] == ["none", "-", "-"] and row[6] == "0.37"


def test_status_of_a_running_machine_says_when_it_is_stopped(checkout: Checkout, capsys: Said) -> None:
    start("inference", "dev", yes=True)
    capsys.readouterr()
    status(argparse.Namespace(environment="dev"))
    row = cells(capsys.readouterr().out, "dev-inference/inference")
    assert row[1] == "running" and row[4] == "-" and row[-1] == "after 30 min idle"


def test_a_machine_whose_settings_are_faulty_is_shown_with_their_fault(checkout: Checkout, capsys: Said) -> None:
    start("inference", "dev", yes=True)
    checkout.settings(hosts={"inference": HOST | {"gpu": {**HOST["gpu"], "idle_minuts": 30}}})
    capsys.readouterr()
    assert status(EVERYTHING) == FAILED
    told = capsys.readouterr()
    (row,) = [line for line in told.out.splitlines() if "dev-inference" in line]
    assert "running" in row and "idle_minuts" in told.err
    assert check(None, as_json=True) == FAILED
    (one,) = json.loads(capsys.readouterr().out)["environments"]
    assert [each["status"] for each in one["machines"]] == ["running"]
    assert "idle_minuts" in one["untold"][0]


@pytest.mark.parametrize(
    ("now", "spent", "rate", "until_now", "never_stopped"),
    [
        ("2026-11-16T00:00:00", 15_000_000, 0, 30_000_000, 15_000_000),
        ("2026-11-16T00:00:00", 0, 100_000, 0, 36_000_000),
        ("2026-11-01T00:00:10", 1_000, 0, 1_000 + 30_000, 1_000),
        ("2026-11-30T23:59:59", 7, 3_600, 8, 8),
    ],
)
def test_a_forecast_goes_on_as_the_month_began(
    now: str, spent: int, rate: int, until_now: int, never_stopped: int
) -> None:
    found = forecast(spent, rate, second(now))
    assert (found.as_until_now, found.never_stopped) == (until_now, never_stopped)
