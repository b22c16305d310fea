"""What the ledger says against what the account itself has billed, and where the two must disagree loudly."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.failure import Failure
from operations.gpu.machines import Survey
from operations.gpu.stopping import stop
from operations.gpu.watching import watching
from providers.tensordock.client.errors import Refused
from simulators.tensordock.control import become
from simulators.tensordock.faults import Fault
from tests.unit.gpu.rented import CARD, Rented, name_of


def kinds(rented: Rented) -> list[str]:
    return [each.text for each in rented.keeper().take_stock().findings]


def test_looks_at_every_change_sum_to_the_bill(rented: Rented) -> None:
    keeper = rented.keeper()
    rented.rent(wait_s=0)
    keeper.take_stock()
    rented.advance(1800)
    keeper.take_stock()
    stop(rented.account(), rented.ours(), keeper.saw)
    rented.advance(7 * 24 * 3600)
    bill = rented.billed()
    keeper.take_stock()
    assert rented.ledger_sum() == pytest.approx(bill, abs=10_000), "to the cent"
    assert rented.ledger_sum() >= bill, "never too cheap"


def test_a_machine_that_the_ledger_does_not_know_is_loud_once(rented: Rented) -> None:
    rented.rent()
    [finding] = kinds(rented)
    assert "not in the ledger" in finding and "0.349 USD an hour" in finding
    assert kinds(rented) == []


def test_a_running_machine_that_the_ledger_has_as_stopped_is_loud_and_counted_since_then(rented: Rented) -> None:
    identifier = rented.rent()
    keeper = rented.keeper()
    keeper.take_stock()
    stop(rented.account(), rented.ours(), keeper.saw)
    stopped, before = rented.now(), rented.ledger_sum()
    rented.account().operation(60).api.start(identifier)
    rented.advance(3600)
    [finding] = kinds(rented)
    assert "the ledger has it as stopped" in finding
    counted = rented.ledger_sum() - before
    assert counted >= 349_000 * (rented.now() - stopped) // 3600 - 1
    assert kinds(rented) == []


def test_a_machine_that_vanished_is_loud_and_costs_nothing_from_then_on(rented: Rented) -> None:
    identifier = rented.rent()
    rented.keeper().take_stock()
    become(rented.simulated, identifier, "gone")
    [finding] = kinds(rented)
    assert "is gone" in finding
    before = rented.ledger_sum()
    rented.advance(86_400)
    assert rented.ledger_sum() == before
    assert kinds(rented) == []


def test_a_list_that_leaves_a_machine_out_ends_no_bill(rented: Rented) -> None:
    rented.rent()
    rented.keeper().take_stock()
    rented.behave(list_lag_s=100_000)
    stock = rented.keeper().take_stock()
    assert stock.findings == [] and len(stock.machines) == 1
    before = rented.ledger_sum()
    rented.advance(3600)
    assert rented.ledger_sum() - before == 349_000


def test_a_read_without_a_price_keeps_the_price_of_the_same_state(rented: Rented) -> None:
    rented.rent()
    rented.keeper().take_stock()
    rented.simulated.existing()[0].shows_price = False
    rented.advance(3600)
    rented.keeper().take_stock(always=True)
    rented.advance(3600)
    assert rented.ledger_sum() == 2 * 349_000
    become(rented.simulated, rented.ours().instance_id, "stopped")
    rented.keeper().take_stock()
    assert rented.ledger.facts()[-1].hourly_micro_usd is None, "another state has another price"


@pytest.mark.parametrize("status", [401, 404, 500])
def test_an_account_that_does_not_answer_changes_nothing(rented: Rented, status: int) -> None:
    rented.rent()
    rented.keeper().take_stock()
    before = rented.ledger.path.read_bytes()
    rented.service.faults = [Fault(kind="error", status=status, times=99)]
    with pytest.raises(Failure):
        rented.keeper().take_stock()
    assert rented.ledger.path.read_bytes() == before


def test_machines_of_other_stacks_stand_in_their_own_books(rented: Rented) -> None:
    rented.rent(name_of("dev-training"))
    rented.rent(name_of(namespace="somebody"))
    assert kinds(rented) == []
    assert rented.ledger.facts() == []


def test_an_unchanged_machine_is_written_down_once_an_hour(rented: Rented) -> None:
    rented.rent()
    for _ in range(40):
        rented.advance(180)
        rented.keeper().take_stock()
    assert len(rented.ledger.facts()) <= 3
    rented.keeper().take_stock(always=True)
    assert rented.ledger.facts()[-1].time == rented.now()


def test_an_old_look_does_not_overwrite_what_others_have_seen_since(rented: Rented) -> None:
    rented.rent()
    rented.keeper().take_stock()
    begun, seen = rented.now(), rented.ours()
    stop(rented.account(), seen, rented.keeper().saw)
    facts = rented.ledger.facts()
    times = iter([begun, rented.now()])
    slow = replace(rented.keeper(), account=replace(rented.account(), clock=lambda: next(times)))
    slow.take_stock(Survey(ours=[seen], foreign=frozenset()))
    assert rented.ledger.facts() == facts


def test_a_clock_that_was_ahead_is_put_right_by_the_next_look(rented: Rented) -> None:
    identifier = rented.rent()
    wrong = replace(rented.account(), clock=lambda: rented.now() + 365 * 86_400)
    replace(rented.keeper(), account=wrong).take_stock()
    rented.keeper().take_stock()
    rented.advance(3600)
    assert rented.ledger_sum() == 349_000
    become(rented.simulated, identifier, "gone")
    rented.keeper().take_stock()
    gone = rented.ledger_sum()
    rented.advance(400 * 86_400)
    assert rented.ledger_sum() == gone < 349_000 + 10_000


def test_a_ledger_that_cannot_be_written_stops_no_stop(rented: Rented, capsys: pytest.CaptureFixture[str]) -> None:
    rented.rent()
    rented.ledger.path.parent.mkdir()
    rented.ledger.path.mkdir()
    assert stop(rented.account(), rented.ours(), rented.keeper().saw).machine.stopped
    assert "is stopped" in capsys.readouterr().err


def test_a_watch_writes_down_what_others_do_until_its_block_ends(rented: Rented) -> None:
    with watching(rented.keeper(), every_s=60):
        rented.rent()
    assert [each.status for each in rented.ledger.facts()] == ["running"], "one look at the end, however it ends"
    with watching(rented.keeper(), every_s=0.01):
        stop(rented.account(), rented.ours())
        deadline = time.monotonic() + 30
        while rented.ledger.facts()[-1].status != "stopped" and time.monotonic() < deadline:
            time.sleep(0.01)
    assert rented.ledger.facts()[-1].status == "stopped"


def test_a_watch_that_sees_nothing_says_so_once_and_ends_nothing(
    rented: Rented, capsys: pytest.CaptureFixture[str]
) -> None:
    rented.rent()
    rented.service.faults = [Fault(kind="error", status=401, times=100_000)]
    with pytest.raises(KeyError), watching(rented.keeper(), every_s=0.01):
        deadline = time.monotonic() + 30
        while len(rented.service.calls) < 8 and time.monotonic() < deadline:
            time.sleep(0.01)
        raise KeyError
    assert capsys.readouterr().err.count("the spend ledger waits") == 1


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["rent", "stop", "start", "delete", "off by itself", "gone by itself", "wait"]),
        st.integers(0, 90_000),
    ),
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
def test_a_ledger_that_looks_after_every_action_is_never_below_the_bill(
    rented: Rented, tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, int]]
) -> None:
    rented.renew(Path(tmp_path_factory.mktemp("history")))
    for action, seconds in actions:
        act(rented, action)
        rented.keeper().take_stock()
        rented.advance(seconds)
        rented.keeper().take_stock()
        assert rented.ledger_sum() >= rented.billed()


def act(rented: Rented, action: str) -> None:
    existing = rented.simulated.existing()
    if action == "rent" or not existing:
        rented.simulated.stock[0].cards[CARD] = (300_000, 4)
        rented.rent(wait_s=0)
        return
    vm, api = existing[0], rented.account().operation(600).api
    try:
        match action:
            case "stop":
                api.stop(vm.id)
            case "start":
                api.start(vm.id)
            case "delete":
                api.delete(vm.id)
            case "off by itself":
                become(rented.simulated, vm.id, "stopped")
            case "gone by itself":
                become(rented.simulated, vm.id, "gone")
    except Refused:
        return
