"""At every external call of the reaper it is killed, the call fails, or its answer is lost; then it is run again.

External calls are those to the account and those of its hands: logins, and the destruction of a stack.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from operations.failure import Failure
from settings.budget import Budget
from simulators.tensordock.faults import Fault
from tests.engine.gpu_world import PRICE, World, until_quiet
from tests.engine.tensordock_rig import Killed
from tests.engine.test_tensordock_kill_sweep import FAULTS, OUTAGES

DAY = 86_400.0
STOPPED, GONE = ["stopped"], list[str]()


def brought_up(world: World) -> None:
    """As `vm-start` does it: the books are looked at before anything is rented."""
    world.reap()
    world.rig.up()
    world.reap()


def idle(folder: Path) -> World:
    world = World(folder)
    brought_up(world)
    world.passes(1800)
    return world


def day_used_up(folder: Path) -> World:
    world = World(folder, Budget(day_usd=0.1, month_usd=50))
    brought_up(world)
    world.passes(1800)
    world.use()
    return world


def month_used_up(folder: Path) -> World:
    world = day_used_up(folder)
    world.budget = Budget(day_usd=0.1, month_usd=0.1)
    return world


def stopped_for_days(folder: Path) -> World:
    world = idle(folder)
    until_quiet(world)
    world.passes(7 * DAY)
    return world


def meter_goes_on(folder: Path) -> World:
    world = idle(folder)
    world.rig.account.behaviour.stopped_bills = "full"
    return world


STORIES: dict[str, tuple[Callable[[Path], World], list[str]]] = {
    "idle": (idle, STOPPED),
    "day used up": (day_used_up, STOPPED),
    "month used up": (month_used_up, GONE),
    "stopped for days": (stopped_for_days, GONE),
    "stopped in vain": (meter_goes_on, GONE),
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # Here only the process dies, never the machine under it: what was written is there without waiting for a disk.
    monkeypatch.setattr("os.fsync", lambda _descriptor: None)


def fresh(tmp_path: Path, story: str, number: object) -> World:
    folder = tmp_path / str(number)
    folder.mkdir()
    return STORIES[story][0](folder)


def external_calls(tmp_path: Path, story: str) -> int:
    """How many external calls the clean way to the end of the story takes."""
    world = fresh(tmp_path, story, "clean")
    before = len(world.calls)
    until_quiet(world)
    assert world.states() == STORIES[story][1]
    return len(world.calls) - before


def converged(world: World, story: str, where: str) -> None:
    """Nothing costs more than it must, the books hold all of it, and one more run changes nothing."""
    expected = STORIES[story][1]
    until_quiet(world)
    world.rig.faults()
    assert world.states() == expected, where
    assert world.costs < (PRICE // 2 if expected else 1), where
    # The books may be dearer than the bill where nobody looked for a while, never cheaper than a second's worth.
    assert world.booked() >= world.billed() - PRICE / 3600, where
    assert until_quiet(world) == 1, where


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("answered", [False, True], ids=["before the effect", "after the effect"])
def test_a_reaper_killed_at_any_call_is_finished_by_the_next(story: str, answered: bool, tmp_path: Path) -> None:
    for at in range(external_calls(tmp_path, story)):
        world = fresh(tmp_path, story, at)
        world.die_at(at, answered=answered)
        with pytest.raises(Killed):
            until_quiet(world)
        converged(world, story, f"{story} killed at call {at}")


@pytest.mark.parametrize("story", ["idle", "month used up", "stopped in vain"])
@pytest.mark.parametrize(("words", "fault"), FAULTS, ids=[words for words, _ in FAULTS])
def test_a_fault_at_any_call_is_made_good(story: str, words: str, fault: Fault, tmp_path: Path) -> None:
    for at in range(external_calls(tmp_path, story)):
        world = fresh(tmp_path, story, at)
        world.rig.faults(fault.model_copy(update={"skip": at}))
        converged(world, story, f"{story}: {words} at call {at}")


@pytest.mark.parametrize("story", ["idle", "stopped in vain"])
@pytest.mark.parametrize("outage", ["answers lost", "token revoked"])
def test_an_outage_from_any_call_on_ends_nothing_but_the_reapers_sight(story: str, outage: str, tmp_path: Path) -> None:
    for at in range(external_calls(tmp_path, story)):
        world = fresh(tmp_path, story, at)
        world.rig.faults(OUTAGES[outage].model_copy(update={"skip": at, "times": 100_000}))
        for _ in range(2):
            try:
                world.reap()
            except Failure:
                world.passes(20)
        world.rig.faults()
        converged(world, story, f"{story}: {outage} from call {at} on")


def test_a_machine_that_does_not_tell_is_neither_stopped_nor_gone(tmp_path: Path) -> None:
    world = idle(tmp_path)
    world.silent = True
    for _ in range(50):
        world.passes(600)
        world.reap()
    assert world.states() == ["running"]
    assert any("unknown" in alert.key for alert in world.alerts)
    world.budget = Budget(day_usd=50, month_usd=3.5)
    world.reap()
    assert world.states() == STOPPED


def test_a_token_that_is_refused_is_one_page_and_no_storm(tmp_path: Path) -> None:
    world = idle(tmp_path)
    world.rig.faults(Fault(kind="error", status=401, method="POST", times=100_000))
    before = len(world.calls)
    (done,) = world.reap()
    assert done.failed
    assert "cannot stop VM" in done.text
    assert "costs 0.349 USD an hour" in done.text
    assert len([call for call in world.calls[before:] if call.startswith("POST")]) == 1
    assert [alert.key for alert in world.alerts if "cannot-stop" in alert.key]
