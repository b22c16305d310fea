"""A pass over several machines: one in trouble keeps no other, and nobody's work is destroyed with a neighbour."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from operations.gpu.alerts.alert import Alert
from operations.gpu.listing import listed
from operations.gpu.machines import OurMachine
from operations.gpu.reaper.facts import Limits
from operations.gpu.reaper.hands import Told
from operations.gpu.reaper.one_machine import Done
from operations.gpu.reaper.stack_pass import StackPass
from operations.gpu.remembered import Moment, Watches
from operations.gpu.small_file import SmallFile
from operations.gpu.spend.books import Books
from operations.gpu.spend.summing import latest
from settings.budget import Budget
from simulators.tensordock.faults import Fault
from tests.unit.gpu.cases import active
from tests.unit.gpu.rented import CARD, Rented, name_of

STACK = "dev-inference"
DAY = 86_400.0


@dataclass
class Scene:
    """Two machines, `left` and `right`, with idle seconds each; hands that remember what they were told to do."""

    rented: Rented
    folder: Path
    budget: Budget | None = None
    idle: dict[str, float] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    heartbeats: set[str] = field(default_factory=set)
    destroyed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rented.simulated.place("loc-home").take(CARD, -2)
        self.left, self.right = (self.rented.rent(name_of(resource=name)) for name in ("left", "right"))

    def activities(self, machines: Sequence[OurMachine], heartbeat: Collection[str]) -> Mapping[str, Told]:
        self.heartbeats = set(heartbeat)
        return {each.instance_id: active(self.idle.get(each.instance_id, 0)) for each in machines}

    def close(self, machine: OurMachine, idle_seconds: float) -> Told:
        idle = self.idle.get(machine.instance_id, 0)
        return active(idle).model_copy(update={"closed": idle >= idle_seconds})

    def destroy(self, stack: str) -> None:
        self.destroyed.append(stack)

    def reap(self) -> dict[str, Done]:
        work = StackPass(
            keeper=self.rented.keeper(STACK, "reaper"),
            books=Books("dev", self.rented.ledger, self.budget, 400_000),
            hands=self,
            watches=Watches(SmallFile(self.folder / "watches.json"), self.moment),
            limits=lambda _machine: Limits(idle_minutes=30, stopped_days=7),
            tell=self.alerts.append,
            note=lambda _idle: None,
        )
        known = latest(self.rented.ledger.facts())
        return {one.machine.instance_id: one for one in work.run(listed(self.rented.account(), known, [STACK]))}

    def moment(self) -> Moment:
        return Moment("life", self.rented.now(), self.rented.now())


def test_one_that_cannot_be_stopped_keeps_no_other_and_gets_no_heartbeat_any_more(
    rented: Rented, tmp_path: Path
) -> None:
    scene = Scene(rented, tmp_path)
    scene.idle = {scene.left: 3600, scene.right: 3600}
    rented.service.faults = [Fault(kind="error", status=401, method="POST", path=f"/instances/{scene.left}", times=9)]
    done = scene.reap()
    assert (done[scene.left].failed, done[scene.right].machine.stopped) == (True, True)
    assert scene.heartbeats == {scene.left, scene.right}
    scene.reap()
    assert scene.heartbeats == set()
    rented.service.faults = []
    assert scene.reap()[scene.left].machine.stopped
    assert any("cannot-stop" in alert.key for alert in scene.alerts)


def test_a_stack_is_not_destroyed_under_a_machine_that_is_in_use(rented: Rented, tmp_path: Path) -> None:
    scene = Scene(rented, tmp_path)
    scene.idle = {scene.left: 3600}
    scene.reap()
    scene.reap()
    rented.advance(8 * DAY)
    scene.idle = {}
    done = scene.reap()
    assert done[scene.left].failed
    assert "is in use" in done[scene.left].text
    assert scene.destroyed == []
    scene.idle = {scene.right: 3600}
    scene.reap()
    assert scene.destroyed == [STACK]


def test_a_budget_that_is_used_up_stops_those_in_use_and_is_told(rented: Rented, tmp_path: Path) -> None:
    scene = Scene(rented, tmp_path)
    scene.reap()
    rented.advance(3600)
    scene.budget = Budget(day_usd=0.5, month_usd=50)
    done = scene.reap()
    assert all(one.machine.stopped for one in done.values())
    assert any(alert.key.startswith("budget:day:") for alert in scene.alerts)
    assert scene.destroyed == []
