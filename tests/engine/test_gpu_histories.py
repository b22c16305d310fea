"""Random histories of a rented machine under a reaper and a sweep: people, deaths, faults, money and clocks.

The model is short: a machine that is in use, with money left, runs on; what nobody uses is off after the reaper's next
good run; what no stack knows is gone after the grace time; a foreign machine is never touched.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from operations.failure import Failure
from operations.gpu.sweep.decision import Rules
from settings.budget import Budget
from simulators.tensordock import operations
from tests.engine.gpu_world import PRICE, World, until_quiet
from tests.engine.own_cache import OwnCache
from tests.engine.plugin_process import PartialCreation, Refusal
from tests.engine.tensordock_rig import Killed
from tests.engine.test_gpu_sweep import FOREIGN
from tests.engine.test_tensordock_histories import faults

ENDS = (Failure, Refusal, PartialCreation, Killed)
RICH, POOR = Budget(day_usd=1e5, month_usd=1e6), Budget(day_usd=0.01, month_usd=0.01)
RULES = Rules(grace=3600, destroy_after=7200)
IDLE_S = 1800
kills = st.tuples(st.integers(0, 25), st.booleans())


class Histories(OwnCache):
    """One resource, its reaper and its sweep."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.folder, RICH)

    @initialize()
    def somebody_else_is_there(self) -> None:
        self.foreign = operations.create(self.world.rig.account, FOREIGN).id
        self.world.passes(60)

    @rule()
    def up(self) -> None:
        with contextlib.suppress(*ENDS):
            self.world.rig.up()
            self.world.use()

    @rule(kill=kills)
    def up_that_is_killed(self, kill: tuple[int, bool]) -> None:
        self._killed(kill, self.world.rig.up)

    @rule()
    def state_is_lost(self) -> None:
        self.world.rig.recorded = None

    @rule()
    def reap(self) -> None:
        before = self._in_use()
        with contextlib.suppress(Failure):
            self.world.reap()
        assert not before or self._in_use(), "a machine in use was stopped"

    @rule(kill=kills)
    def reap_that_is_killed(self, kill: tuple[int, bool]) -> None:
        self._killed(kill, self.world.reap)

    @rule()
    def sweep(self) -> None:
        known = self.world.rig.recorded is not None and self._in_use()
        with contextlib.suppress(Failure):
            self.world.sweep(RULES)
        assert not known or self._in_use(), "a machine with a stack was swept"

    @rule(kill=kills)
    def sweep_that_is_killed(self, kill: tuple[int, bool]) -> None:
        self._killed(kill, lambda: self.world.sweep(RULES))

    @rule(minutes=st.sampled_from([1, 20, 29, 31, 90]))
    def time_passes(self, minutes: int) -> None:
        self.world.passes(minutes * 60)

    @rule()
    def somebody_works(self) -> None:
        self.world.use()

    @rule(fault=faults)
    def trouble(self, fault: object) -> None:
        self.world.rig.service.faults = [fault]  # type: ignore[list-item]

    @rule()
    def trouble_is_over(self) -> None:
        self.world.rig.faults()

    @rule(silent=st.booleans())
    def machine_tells_nothing(self, silent: bool) -> None:
        self.world.silent = silent

    @rule(rich=st.booleans())
    def money(self, rich: bool) -> None:
        self.world.budget = RICH if rich else POOR

    @rule(jump=st.floats(-1e8, 1e8))
    def clock_jumps(self, jump: float) -> None:
        self.world.jump += jump

    @precondition(lambda self: len(self.world.life) < 20)
    @rule()
    def reapers_host_restarts(self) -> None:
        self.world.life += "+"

    @invariant()
    def a_foreign_machine_is_left_alone(self) -> None:
        if hasattr(self, "foreign"):
            assert self.foreign in self.world.rig.existing()

    def end(self) -> None:
        """Whatever came before: in good times the reaper and the sweep leave only what they should."""
        world = self.world
        world.rig.faults()
        world.silent, world.kill, world.budget = False, None, RICH
        world.passes(IDLE_S)
        self._settle(lambda: until_quiet(world))
        assert self._price() < PRICE // 2, "what nobody uses is off"
        if world.rig.recorded is None:
            for _ in range(4):
                world.passes(3600)
                self._settle(lambda: world.sweep(RULES))
            assert world.rig.existing() == [self.foreign], "what no stack knows is gone"

    def _in_use(self) -> bool:
        world = self.world
        lately = world.seconds - world.used_at < IDLE_S - 600
        mine = [vm for vm in world.rig.account.existing() if vm.id != self.foreign]
        return lately and world.budget is RICH and [vm.status for vm in mine] == ["running"]

    def _price(self) -> int:
        """Micro-dollars an hour of what is not somebody else's."""
        return sum(each.micro_usd_hour for each in self.world.rig.billing() if each.vm != self.foreign)

    def _killed(self, kill: tuple[int, bool], verb: Callable[[], object]) -> None:
        self.world.die_at(kill[0], answered=kill[1])
        with contextlib.suppress(*ENDS):
            verb()
        self.world.kill = None

    @staticmethod
    def _settle(verb: Callable[[], object]) -> None:
        for _ in range(4):
            try:
                verb()
            except Failure:
                continue
            return
        raise AssertionError("it does not come to rest in good times")


Histories.TestCase.settings = settings(
    max_examples=int(os.environ.get("GPU_HISTORIES", "60")),
    stateful_step_count=20,
    deadline=None,
    derandomize="GPU_HISTORIES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
TestHistories = Histories.TestCase
