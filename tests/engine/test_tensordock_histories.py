"""Random histories of a machine: updates, deaths of the process, faults, moods of the service, other people's hands.

The model is short: after a successful update there is exactly one machine of ours, the recorded one; after a successful
destruction there is none; whatever came before, one more update and a destruction reach both; nobody ever touches the
machine of somebody else.
"""

import contextlib
import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from simulators.reply import Reply, Request
from simulators.tensordock import operations
from simulators.tensordock.behaviour import Behaviour
from simulators.tensordock.control import become
from simulators.tensordock.faults import Fault
from tests.engine.own_cache import OwnCache
from tests.engine.plugin_process import PartialCreation, Refusal
from tests.engine.tensordock_rig import CARD, Killed, Rig

FAILURES = (PartialCreation, Refusal, Killed)
FOREIGN = {
    "name": "pulumi-dev-inference-gpu", "image": "ubuntu2404", "location_id": "loc-best", "useDedicatedIp": True,
    "ssh_key": "k", "resources": {"vcpu_count": 4, "ram_gb": 16, "storage_gb": 100, "gpus": {CARD: {"count": 1}}},
}  # fmt: skip

wishes = st.fixed_dictionaries(
    {},
    optional={
        "running": st.booleans(),
        "vcpuCount": st.sampled_from([4, 8]),
        "storageGb": st.sampled_from([100, 200]),
        "image": st.sampled_from(["ubuntu2404", "ubuntu2204"]),
        "prefer": st.sampled_from(["price", "tier"]),
    },
)
faults = st.builds(
    Fault,
    kind=st.sampled_from(["error", "error_after", "drop", "lost", "slow", "late"]),
    skip=st.integers(0, 25),
    times=st.integers(1, 12),
    status=st.sampled_from([200, 400, 401, 404, 409, 429, 500, 502]),
    body=st.sampled_from(["json", "array", "ok_with_error", "html", "empty", "garbage", "other_shape"]),
    retry_after=st.sampled_from([None, "3", "90"]),
    seconds=st.sampled_from([1.0, 20.0, 90.0, 400.0]),
).filter(lambda fault: not honest(fault))
moods = st.fixed_dictionaries(
    {},
    optional={
        "list_lag_s": st.sampled_from([0, 4, 12]),
        "statuses": st.sampled_from(["lower", "upper", "title", "snake"]),
        "list_shape": st.sampled_from(["documented", "flat"]),
        "instance_shape": st.sampled_from(["flat", "wrapped"]),
        "never_ip": st.booleans(),
        "never_running": st.booleans(),
        "dies_after_boot": st.booleans(),
        "address_changes": st.booleans(),
        "no_capacity": st.lists(st.sampled_from(["loc-home", "loc-mid", "loc-best"]), unique=True),
        "price_factor_percent": st.sampled_from([100, 300]),
        "hides_price": st.booleans(),
        "stopped_as": st.sampled_from(["stopped", "stoppeddisassociated"]),
        "stopped_bills": st.sampled_from(["storage", "full"]),
        "ignores_stop": st.booleans(),
        "gpu_taken": st.booleans(),
        "ignores_delete": st.sampled_from([0, 2, 1000]),
        "boot_s": st.sampled_from([1, 10, 120]),
        "delete_s": st.sampled_from([0, 3, 60]),
    },
)


def honest(fault: Fault) -> bool:
    """Whether the fault says of a machine that exists that it does not: against a lie in good form nothing helps."""
    return fault.status == 404 and fault.kind in ("error", "error_after") and fault.body != "html"


class Histories(OwnCache):
    """One resource and one account; a foreign machine with nearly the same name stands beside ours."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = Rig(self.folder, poll_s=20)

    @initialize()
    def somebody_else_is_there(self) -> None:
        self.foreign = operations.create(self.rig.account, FOREIGN).id
        self.rig.account.clock.advance(60)
        self.rig.service.settle()

    @rule(wish=wishes)
    def update(self, wish: dict[str, Any]) -> None:
        try:
            done = self.rig.up(**wish)
        except FAILURES:
            return
        if done != "same" and not self.rig.service.faults and not self.rig.account.behaviour.list_lag_s:
            self.exactly_the_recorded_one()

    @rule(wish=wishes, at=st.integers(0, 20), answered=st.booleans())
    def update_that_is_killed(self, wish: dict[str, Any], at: int, answered: bool) -> None:
        self.killed_at(at, answered)
        with contextlib.suppress(*FAILURES):
            self.rig.up(**wish)
        self.rig.watch = None

    @rule(at=st.integers(0, 8), answered=st.booleans())
    def destruction_that_is_killed(self, at: int, answered: bool) -> None:
        self.killed_at(at, answered)
        with contextlib.suppress(*FAILURES):
            self.rig.destroy()
        self.rig.watch = None

    @rule()
    def refresh(self) -> None:
        with contextlib.suppress(*FAILURES):
            self.rig.refresh()

    @rule()
    def destruction(self) -> None:
        owned = self.rig.recorded
        try:
            self.rig.destroy()
        except FAILURES:
            return
        if owned is not None and not self.rig.service.faults and not self.rig.account.behaviour.list_lag_s:
            assert not [vm for vm in self.ours() if vm.order.name == owned.outputs["name"]]

    @rule(fault=faults)
    def fault(self, fault: Fault) -> None:
        self.rig.faults(fault)

    @rule(mood=moods)
    def mood(self, mood: dict[str, Any]) -> None:
        self.rig.account.behaviour = Behaviour(calls_per_minute=None, **mood)

    @rule(seconds=st.sampled_from([1, 30, 600, 86_400]))
    def time_passes(self, seconds: float) -> None:
        self.rig.account.clock.advance(seconds)

    @rule(status=st.sampled_from(["stopped", "stoppeddisassociated", "error", "gone"]), which=st.integers(0, 3))
    def hand_of_somebody_else(self, status: str, which: int) -> None:
        ours = self.ours()
        if ours:
            become(self.rig.account, ours[which % len(ours)].id, status)

    @invariant()
    def nobody_touches_a_foreign_machine(self) -> None:
        if hasattr(self, "foreign"):
            assert self.rig.account.vms[self.foreign].status in ("creating", "running")
            assert not [call for call in self.rig.service.calls if call.method != "GET" and self.foreign in call.path]

    def end(self) -> None:
        """Better times: one update that succeeds, a further one that is empty, and a destruction, end every history."""
        self.rig.faults()
        self.rig.account.behaviour = Behaviour(calls_per_minute=None)
        self.rig.account.clock.advance(500)
        for vm in self.ours():
            if vm.due is None and vm.status == "creating":
                vm.will("running", self.rig.account.clock.now)
        self.converge()
        self.exactly_the_recorded_one()
        assert self.rig.up() == "same"
        self.rig.destroy()
        assert not self.ours()

    def converge(self) -> None:
        """What a person does who reads the messages: refresh, update, and restart a machine that does not come up."""
        for running in (True, True, False, True):
            with contextlib.suppress(*FAILURES):
                self.rig.refresh()
                self.rig.up(running=running)
                if running:
                    return
        raise AssertionError("no update succeeds although nothing is wrong any more")

    def exactly_the_recorded_one(self) -> None:
        assert [vm.id for vm in self.ours()] == [self.rig.output("instanceId")]

    def ours(self) -> list[Any]:
        self.rig.service.settle()
        return [vm for vm in self.rig.account.existing() if vm.id != getattr(self, "foreign", None)]

    def killed_at(self, at: int, answered: bool) -> None:
        first = len(self.rig.service.calls)

        def watch(_call: Request, reply: Reply | None) -> None:
            if len(self.rig.service.calls) - first - (1 if reply else 0) == at and bool(reply) == answered:
                raise Killed

        self.rig.watch = watch


Histories.TestCase.settings = settings(
    max_examples=int(os.environ.get("TENSORDOCK_HISTORIES", "150")),
    stateful_step_count=12,
    deadline=None,
    derandomize="TENSORDOCK_HISTORIES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
TestHistories = Histories.TestCase
