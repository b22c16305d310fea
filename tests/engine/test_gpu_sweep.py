"""Machines that no stack knows: whatever made them, they end; and nobody else's machine is ever touched."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from operations.failure import Failure
from operations.gpu.sweep.decision import Rules, Step
from simulators.tensordock import operations
from simulators.tensordock.faults import Fault
from tests.engine.gpu_world import PRICE, World
from tests.engine.tensordock_rig import CARD, Killed
from tests.engine.test_tensordock_kill_sweep import FAULTS

MINUTE = 60.0
RULES = Rules(grace=60 * MINUTE, destroy_after=240 * MINUTE)
FOREIGN = {
    "name": "pulumi-dev-inference-gpu", "image": "ubuntu2404", "location_id": "loc-best", "useDedicatedIp": True,
    "ssh_key": "k", "resources": {"vcpu_count": 4, "ram_gb": 16, "storage_gb": 100, "gpus": {CARD: {"count": 1}}},
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("os.fsync", lambda _descriptor: None)


def swept(world: World, minutes: Sequence[float]) -> None:
    """The sweep's timer runs it after each of these spans."""
    for span in minutes:
        world.passes(span * MINUTE)
        with contextlib.suppress(Failure):
            world.sweep(RULES)


def forgotten(folder: Path) -> World:
    """A machine whose stack's state is lost, an hour after it was first seen so."""
    folder.mkdir(parents=True, exist_ok=True)
    world = World(folder)
    world.rig.up()
    world.rig.recorded = None
    world.sweep(RULES)
    world.passes(60 * MINUTE)
    return world


def test_a_creation_that_was_killed_at_any_call_leaves_nothing_that_costs_money(tmp_path: Path) -> None:
    clean = World(tmp_path)
    clean.rig.up()
    for answered in (False, True):
        for at in range(len(clean.calls)):
            folder = tmp_path / f"{answered}{at}"
            folder.mkdir()
            world = World(folder)
            world.die_at(at, answered=answered)
            with pytest.raises(Killed):
                world.rig.up()
            swept(world, [1, 59, 2])
            assert world.costs < PRICE // 2, at
            swept(world, [120, 120, 1])
            assert world.states() == [], at


def test_a_creation_that_is_gone_on_with_in_time_keeps_its_machine(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.die_at(4, answered=True)
    with pytest.raises(Killed):
        world.rig.up()
    swept(world, [20, 20])
    assert world.rig.up() == "created"
    swept(world, [60, 300])
    assert world.states() == ["running"]


def calls_of_a_sweep(folder: Path) -> int:
    world = forgotten(folder)
    before = len(world.calls)
    assert [one.step for one in world.sweep(RULES)] == [Step.STOP]
    world.passes(180 * MINUTE)
    assert [one.step for one in world.sweep(RULES)] == [Step.DESTROY]
    return len(world.calls) - before


@pytest.mark.parametrize("answered", [False, True], ids=["before the effect", "after the effect"])
def test_a_sweep_killed_at_any_call_is_finished_by_the_next(answered: bool, tmp_path: Path) -> None:
    for at in range(calls_of_a_sweep(tmp_path / "clean")):
        world = forgotten(tmp_path / str(at))
        world.die_at(at, answered=answered)
        with pytest.raises(Killed):
            swept(world, [0, 180])
        swept(world, [1, 180, 1])
        assert world.states() == [], at
        assert world.sweep(RULES) == [], at


@pytest.mark.parametrize(("words", "fault"), FAULTS, ids=[words for words, _ in FAULTS])
def test_a_fault_at_any_call_of_a_sweep_is_made_good(words: str, fault: Fault, tmp_path: Path) -> None:
    for at in range(calls_of_a_sweep(tmp_path / "clean")):
        world = forgotten(tmp_path / str(at))
        world.rig.faults(fault.model_copy(update={"skip": at}))
        swept(world, [0, 1])
        assert world.costs < PRICE // 2, at
        swept(world, [180, 1, 1])
        assert world.states() == [], at


def test_a_foreign_machine_is_never_touched(tmp_path: Path) -> None:
    world = forgotten(tmp_path)
    theirs = operations.create(world.rig.account, FOREIGN).id
    swept(world, [1, 300, 300])
    assert world.rig.existing() == [theirs]
    changed = [call for call in world.calls if call.startswith(("POST", "DELETE")) and theirs in call]
    assert not changed


def test_where_account_or_states_do_not_tell_nothing_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = forgotten(tmp_path)
    world.rig.faults(Fault(kind="error", status=500, times=100_000))
    before = len(world.calls)
    with pytest.raises(Failure):
        world.sweep(RULES)
    assert all(call.startswith("GET") for call in world.calls[before:])
    world.rig.faults()
    assert world.states() == ["running"]


def test_a_clock_that_jumps_shortens_no_grace(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.rig.up()
    world.rig.recorded = None
    world.sweep(RULES)
    world.jump = 1e7
    world.passes(10 * MINUTE)
    assert [one.step for one in world.sweep(RULES)] == [Step.WAIT]
    assert world.states() == ["running"]


def test_a_lagging_list_and_a_token_that_is_refused_end_nothing_and_are_told(tmp_path: Path) -> None:
    world = forgotten(tmp_path)
    world.rig.faults(Fault(kind="error", status=401, method="POST", times=10))
    (one,) = world.sweep(RULES)
    assert one.failed
    assert "cannot stop VM" in one.text
    assert any("True" in alert.key for alert in world.alerts)
