"""A start shows offers and prices first, spends nothing without a yes, and is refused when the money is used up."""

from __future__ import annotations

import pytest

from operations.failure import USAGE, Failure
from operations.gpu.exit_codes import BUDGET_USED_UP
from operations.gpu.starting import UnfinishedStart
from operations.gpu.stopping import stop
from operations.gpu.vm_start import start
from tests.unit.gpu.checkout import HOST, STACK, Checkout
from tests.unit.gpu.rented import CARD

Said = pytest.CaptureFixture[str]


def test_offers_estimates_and_the_budget_stand_before_anything_is_rented(checkout: Checkout, capsys: Said) -> None:
    with pytest.raises(Failure, match="--yes") as refused:
        start("inference", "dev", yes=False)
    said = capsys.readouterr().out
    assert f"inference: 1 x {CARD}, 4 vCPUs, 16 GB, 100 GB of disk; never above 0.41 USD an hour" in said
    rows = [line.split("│")[1:5] for line in said.splitlines() if "tier" in line and "│" in line]
    assert [[cell.strip() for cell in row[1:]] for row in rows] == [
        ["0.349", "20.94", "254.77"],
        ["0.399", "23.94", "291.27"],
    ]
    assert "Frankfurt, Germany (tier 4): costs 0.469 USD an hour, more than the cap of 0.41" in said
    assert "0.00 of 5 USD of the day" in said and "0.00 of 50 USD of the month" in said
    assert refused.value.code == USAGE
    assert (checkout.up, checkout.running()) == ([], [])


def test_a_yes_rents_and_says_how_it_is_used(checkout: Checkout, capsys: Said) -> None:
    start("inference", "dev", yes=True)
    assert checkout.running() == ["running"]
    said = capsys.readouterr().out
    assert "is running and costs 0.349 USD an hour" in said
    assert "scripts/vm-stop.sh inference -e dev" in said
    assert checkout.rented.ledger.facts()[-1].source == "vm-start"


def test_a_machine_that_runs_is_said_and_nothing_is_done(checkout: Checkout, capsys: Said) -> None:
    start("inference", "dev", yes=True)
    capsys.readouterr()
    start("inference", "dev", yes=False)
    said = capsys.readouterr().out
    assert "is running" in said and "Offers" not in said
    assert checkout.up == [STACK]


def test_a_stopped_machine_is_told_with_what_a_start_may_cost_its_disk(checkout: Checkout, capsys: Said) -> None:
    start("inference", "dev", yes=True)
    stop(checkout.rented.account(), checkout.rented.ours())
    start("inference", "dev", yes=True)
    said = capsys.readouterr().out
    assert "is stopped and costs 0.005 USD an hour" in said and "what lies on its disk is lost" in said
    assert checkout.running() == ["running"]


@pytest.mark.parametrize(("budget", "word"), [((0.5, 50), "day"), ((5, 0.5), "month")])
def test_a_used_up_budget_refuses_a_start_and_says_how_to_raise_it(
    checkout: Checkout, budget: tuple[float, float], word: str
) -> None:
    start("inference", "dev", yes=True)
    checkout.rented.keeper().take_stock()
    checkout.rented.advance(2 * 3600)
    stop(checkout.rented.account(), checkout.rented.ours(), checkout.rented.keeper().saw)
    gpu = {**HOST["gpu"], "hours_per_month": 1}
    checkout.settings(hosts={"inference": {**HOST, "gpu": gpu}}, budget={"day_usd": budget[0], "month_usd": budget[1]})
    with pytest.raises(Failure, match=rf"0\.7.* of 0\.5 USD of the {word}.*\n.*raise `budget: {word}_usd`") as refused:
        start("inference", "dev", yes=True)
    assert refused.value.code == BUDGET_USED_UP
    assert checkout.up == [STACK]


def test_the_lowest_budget_of_an_environment_counts(checkout: Checkout) -> None:
    text = (checkout.root / f"Pulumi.{STACK}.yaml").read_text(encoding="utf-8")
    (checkout.root / "Pulumi.dev-training.yaml").write_text(text.replace("day_usd: 5", "day_usd: 0.1"))
    start("inference", "dev", yes=True)
    checkout.rented.advance(3600)
    stop(checkout.rented.account(), checkout.rented.ours(), checkout.rented.keeper().saw)
    with pytest.raises(Failure, match=r"of 0\.1 USD of the day"):
        start("inference", "dev", yes=True)


def test_a_start_that_was_cut_off_is_gone_on_with(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = checkout.bring_up

    def cut_off(stack: str) -> None:
        whole(stack)
        raise KeyboardInterrupt

    monkeypatch.setattr(checkout.engine, "bring_up", cut_off)
    with pytest.raises(KeyboardInterrupt):
        start("inference", "dev", yes=True)
    assert checkout.running() == ["running"] and UnfinishedStart(STACK).there
    monkeypatch.setattr(checkout.engine, "bring_up", checkout.up.append)
    start("inference", "dev", yes=True)
    assert checkout.up == [STACK, STACK] and not UnfinishedStart(STACK).there


def test_nothing_to_be_had_is_refused_with_every_reason(checkout: Checkout, capsys: Said) -> None:
    checkout.settings(hosts={"inference": {**HOST, "gpu": {**HOST["gpu"], "hourly_usd": 0.2}}})
    with pytest.raises(Failure, match="no place takes inference now"):
        start("inference", "dev", yes=True)
    assert capsys.readouterr().out.count("more than the cap of 0.2 USD an hour") == 3
    assert checkout.up == []


@pytest.mark.parametrize(("workload", "environment"), [("chat", "dev"), ("inference", "live"), ("../x", "dev")])
def test_a_workload_without_a_stack_is_refused(checkout: Checkout, workload: str, environment: str) -> None:
    with pytest.raises(Failure) as refused:
        start(workload, environment, yes=True)
    assert refused.value.code == USAGE


def test_a_refused_token_rents_nothing(checkout: Checkout) -> None:
    checkout.token = "revoked"
    with pytest.raises(Failure, match="refuses the token"):
        start("inference", "dev", yes=True)
    assert checkout.up == []
