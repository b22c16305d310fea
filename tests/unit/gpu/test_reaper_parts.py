"""Parts of the reaper: its list call, its limits, its waits, what it says, and that there is one of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.gpu.listing import listed
from operations.gpu.one_at_a_time import one_at_a_time
from operations.gpu.reaper.__main__ import LONGEST_SLEEP_S, pause
from operations.gpu.reaper.decision import Action, Verdict
from operations.gpu.reaper.limits import limits_of
from operations.gpu.reaper.one_machine import Done
from operations.gpu.reaper.report import Shown, changes
from operations.gpu.reaper.rounds import Round
from operations.gpu.reaper.simulated_idle import simulated_idle
from operations.gpu.remembered import Moment, Watches
from operations.gpu.small_file import SmallFile
from operations.gpu.spend.summing import latest
from providers.tensordock.client.status import Status
from settings.host import Host
from tests.unit.gpu.cases import active, machine
from tests.unit.gpu.rented import Rented, name_of

VERDICT = Verdict(action=Action.KEEP, reasons=("in use",), look_again=7.0)


def done(**changed: object) -> Done:
    return replace(Done(machine=machine(), verdict=VERDICT, text="in use"), **changed)  # type: ignore[arg-type]


def gpu_host(idle: int, days: int) -> Host:
    card = {"model": "l4", "vram_gb": 24, "hourly_usd": 0.5, "hours_per_month": 10, "idle_minutes": idle}
    raw = {
        "kind": "gpu_vm",
        "cpus": 4,
        "memory_gb": 16,
        "disk_gb": 100,
        "gpu": {**card, "destroy_after_stopped_days": days},
    }
    return Host.model_validate(raw)


def test_a_look_at_many_machines_takes_one_call_once_their_prices_are_known(rented: Rented) -> None:
    for number in range(3):
        rented.simulated.place("loc-home").take("geforcertx4090-pcie-24gb", -1)
        rented.rent(name_of(resource=f"inference{number}"))
    seen = listed(rented.account(), {})
    rented.keeper().take_stock(seen)
    before = len(rented.service.calls)
    again = listed(rented.account(), latest(rented.ledger.facts()))
    assert len(rented.service.calls) - before == 1
    assert [each.hourly_micro_usd for each in again.ours] == [each.hourly_micro_usd for each in seen.ours]
    rented.advance(3600)
    listed(rented.account(), latest(rented.ledger.facts()))
    assert len(rented.service.calls) - before == 5


def test_limits_are_those_of_the_host_else_the_strictest() -> None:
    hosts = {"inference": gpu_host(20, 3), "training_1": gpu_host(60, 9)}
    own = limits_of(hosts, replace(machine(), resource="training-1"))
    assert (own.idle_minutes, own.stopped_days, own.running_micro_usd) == (60, 9, 500_000)
    other = limits_of(hosts, replace(machine(), resource="renamed"))
    assert (other.idle_minutes, other.stopped_days) == (20, 3)


@given(st.floats(0, 1e6), st.floats(0, 60))
def test_a_sleep_ends_when_the_next_limit_can_be_reached(left: float, took: float) -> None:
    result = Round(done={"dev-inference": [done(verdict=replace(VERDICT, look_again=left))]})
    assert pause(result, took) == min(LONGEST_SLEEP_S, left - took)
    assert pause(Round(), took) == LONGEST_SLEEP_S


def test_a_journal_gets_a_line_only_when_something_changes() -> None:
    before, name = Shown(), machine().name
    assert list(changes(Round(done={"s": [done()]}), before)) == [f"{name}: running: in use"]
    assert list(changes(Round(done={"s": [done(text="in use, a minute later")]}), before)) == []
    off = done(machine=machine(Status.STOPPED), text="off")
    assert list(changes(Round(done={"s": [off]}), before)) == [f"{name}: stopped: off"]
    assert list(changes(Round(done={"s": []}), before)) == [f"{name}: is gone"]


def test_a_stack_that_cannot_be_looked_at_has_lost_no_machine() -> None:
    before = Shown()
    list(changes(Round(done={"s": [done()]}), before))
    assert list(changes(Round(untold={"s": "no answer"}), before)) == ["s cannot be looked at: no answer"]
    assert list(changes(Round(done={"s": [done()]}), before)) == ["s can be looked at again"]


def test_a_second_one_leaves_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    with one_at_a_time(tmp_path / "lock") as first, one_at_a_time(tmp_path / "lock") as second:
        assert (first, second) == (True, False)
    with one_at_a_time(tmp_path / "lock") as third:
        assert third


@pytest.mark.parametrize(("used_again", "idle"), [(False, 3600), (True, 5)])
def test_a_simulated_accounts_time_counts_as_idle_until_the_next_use(
    tmp_path: Path, used_again: bool, idle: float
) -> None:
    now = 1000.0
    watches = Watches(SmallFile(tmp_path / "watches.json"), lambda: Moment("simulated", now, now))
    assert simulated_idle(watches, "id", active(60, uptime=500)) == 60
    now += 3600
    later = active(5, uptime=560) if used_again else active(120, uptime=560)
    assert simulated_idle(watches, "id", later) == idle
