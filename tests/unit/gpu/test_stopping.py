"""A stop ends when two reads agree, says what the machine costs then, and never gives up in silence."""

from __future__ import annotations

import pytest

from operations.gpu.exit_codes import CANNOT_STOP
from operations.gpu.machines import OurMachine
from operations.gpu.stopping import CannotStop, Meter, meter, stop
from providers.tensordock.client.status import Status
from simulators.tensordock.faults import Fault
from tests.unit.gpu.rented import Rented, at

DISK, FULL = 5_000, 349_000


def test_a_stop_tells_what_the_stopped_machine_costs(rented: Rented) -> None:
    rented.rent()
    outcome = stop(rented.account(), rented.ours())
    assert outcome.machine.status is Status.STOPPED
    assert (outcome.before_micro_usd, outcome.machine.hourly_micro_usd) == (FULL, DISK)
    assert outcome.meter is Meter.ENDED and not outcome.meter_goes_on


def test_a_stop_that_ends_no_meter_is_seen(rented: Rented) -> None:
    rented.behave(stopped_bills="full")
    rented.rent()
    outcome = stop(rented.account(), rented.ours())
    assert outcome.machine.status is Status.STOPPED and outcome.meter_goes_on


def test_a_price_that_is_not_told_proves_nothing(rented: Rented) -> None:
    rented.behave(hides_price=True)
    rented.rent()
    assert stop(rented.account(), rented.ours()).meter is Meter.UNTOLD


@pytest.mark.parametrize(
    ("running", "stopped", "expected"),
    [(FULL, FULL, "goes on"), (FULL, FULL // 2 + 1, "goes on"), (FULL, DISK, "ended"), (None, 0, "ended"),
     (None, DISK, "untold"), (FULL, None, "untold"), (FULL, 0, "ended")],
)  # fmt: skip
def test_only_prices_say_whether_a_meter_has_ended(running: int | None, stopped: int | None, expected: str) -> None:
    assert meter(running, stopped) == expected


def test_each_read_is_told(rented: Rented) -> None:
    rented.rent()
    seen: list[OurMachine] = []
    stop(rented.account(), rented.ours(), seen.append)
    assert seen[0].status is Status.STOPPING
    assert [each.status for each in seen][-2:] == [Status.STOPPED, Status.STOPPED]


def test_a_stopped_machine_is_stopped_again_without_harm(rented: Rented) -> None:
    rented.rent()
    stop(rented.account(), rented.ours())
    before = len(rented.service.calls)
    assert stop(rented.account(), rented.ours()).machine.status is Status.STOPPED
    assert {call.method for call in rented.service.calls[before:]} == {"GET"}


def test_a_machine_that_has_vanished_is_gone_after_two_reads_and_two_lists(rented: Rented) -> None:
    identifier = rented.rent()
    machine = rented.ours()
    rented.account().operation(60).api.delete(identifier)
    rented.advance(10)
    outcome = stop(rented.account(), machine)
    assert outcome.gone and outcome.machine.hourly_micro_usd == 0


def test_one_wrong_absence_is_not_believed(rented: Rented) -> None:
    rented.rent()
    machine = rented.ours()
    rented.service.faults = [Fault(kind="error", status=404, method="POST", path="/instances/")]
    outcome = stop(rented.account(), machine)
    assert outcome.machine.status is Status.STOPPED and not outcome.gone


def test_a_refused_token_is_one_page_and_one_call(rented: Rented) -> None:
    rented.rent()
    machine = rented.ours()
    before = len(rented.service.calls)
    with pytest.raises(CannotStop) as failed:
        stop(rented.account(token="revoked"), machine)
    page = str(failed.value)
    assert f"cannot stop VM {machine.name}" in page and "costs 0.349 USD an hour" in page
    assert "dashboard.tensordock.com" in page and "revoked" not in page
    assert failed.value.code == CANNOT_STOP
    assert len(rented.service.calls) - before == 1


def test_a_stop_without_effect_ends_with_the_same_page(rented: Rented) -> None:
    rented.behave(ignores_stop=True)
    rented.rent()
    with pytest.raises(CannotStop, match=r"cannot stop VM pulumi-dev-inference.*costs 0\.349 USD an hour"):
        stop(rented.account(), rented.ours(), seconds=120)
    stops = [call for call in rented.service.calls if call.path.endswith("/stop")]
    assert 2 <= len(stops) <= 5, "asked for again, and not in a storm"


def test_an_unknown_price_is_said_to_be_unknown(rented: Rented) -> None:
    rented.rent()
    with pytest.raises(CannotStop, match="costs an unknown price an hour"):
        stop(rented.account(token="revoked"), at(rented.ours(), None))


def test_the_price_of_a_machine_that_is_off_is_not_taken_for_that_of_its_card(rented: Rented) -> None:
    rented.rent()
    stop(rented.account(), rented.ours())
    assert stop(rented.account(), rented.ours()).meter is Meter.UNTOLD
    assert stop(rented.account(), rented.ours(), running=FULL).meter is Meter.ENDED
