"""An update of rented machines that does not come through at once."""

from __future__ import annotations

import json
import subprocess
from typing import Any, cast

import pytest

from operations import outputs
from operations.engine import Engine
from operations.failure import Failure
from operations.gpu.replacing import forget_orders
from operations.gpu.start import update
from planning.build import build
from planning.plan import Plan
from settings.load import load

BASE = "urn:pulumi:test::ai-platform"
MACHINE = f"{BASE}::ai-platform:index:GpuMachine$tensordock:index:Instance::gpu"
GPU = {"model": "x", "vram_gb": 24, "hourly_usd": 0.35, "hours_per_month": 60}
HOST = {"kind": "gpu_vm", "cpus": 4, "memory_gb": 16, "disk_gb": 100, "ssh": {"identity_file": "key"}, "gpu": GPU}


class FakeEngine:
    """Each update ends as told; a preview after a card was taken shows a replacement."""

    def __init__(self, *ends: bool, taken: bool, service: str = "ollama") -> None:
        self._ends, self.runs, self.options = list(ends), 0, ()
        owner = f"{BASE}::ai-platform:index:ServiceContainer::{service}"
        on_it = {"parent": owner, "provider": f"{BASE}::pulumi:providers:docker::docker-gpu::1", "inputs": {}}
        self.state: list[dict[str, Any]] = [
            {"urn": MACHINE, "type": "tensordock:index:Instance", "outputs": {"instanceId": "vm-1", "gpuTaken": taken}},
            {**on_it, "urn": f"{owner}$c::{service}", "type": "docker:index/container:Container",
             "replacementTrigger": "vm-1"},
            {**on_it, "urn": f"{owner}$v::{service}-data", "type": "docker:index/volume:Volume", "id": "volume",
             "replacementTrigger": "vm-1"},
        ]  # fmt: skip
        self.pending: list[dict[str, Any]] = []

    def stream(self, *_: str) -> None:
        self.runs += 1
        if not self._ends.pop(0):
            raise Failure("pulumi up of test failed", "read the message above")

    def resources(self) -> list[dict[str, Any]]:
        return self.state

    def export(self) -> dict[str, Any]:
        return {"deployment": {"resources": self.state, "pending_operations": self.pending}}

    def replace_state(self, state: str) -> None:
        deployment = json.loads(state)["deployment"]
        self.state, self.pending = deployment["resources"], deployment["pending_operations"]

    def attempt(self, *arguments: str, seconds: float) -> subprocess.CompletedProcess[str]:
        assert seconds > 0
        steps = [{"op": "replace", "urn": MACHINE, "replaceReasons": ["running"]}]
        return subprocess.CompletedProcess(arguments, 0, json.dumps({"steps": steps}), "")


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(outputs, "remove", lambda _stack: None)
    services = {"ollama": {"host": "gpu"}, "postgres": {"host": "gpu"}}
    return build(load("test", {"hosts": {"gpu": HOST}, "services": services}, "Pulumi.test.yaml"), {})


def run(engine: FakeEngine, plan: Plan, *let_go: str) -> None:
    update(cast(Engine, engine), plan, let_go, [])


def test_a_taken_card_leads_to_a_second_update_that_knows_nothing_of_what_stood_there(plan: Plan) -> None:
    engine = FakeEngine(False, True, taken=True)
    run(engine, plan)
    assert engine.runs == 2
    assert [one["urn"] for one in engine.state] == [MACHINE]


def test_with_data_on_the_disk_it_stops_and_names_the_command_that_agrees(plan: Plan) -> None:
    engine = FakeEngine(False, True, taken=True, service="postgres")
    with pytest.raises(Failure, match=r"taken by somebody else.*volume[\s\S]*scripts/up -s test --let-go gpu"):
        run(engine, plan)
    assert (engine.runs, len(engine.state)) == (1, 3)
    agreed = FakeEngine(False, True, taken=True, service="postgres")
    run(agreed, plan, "gpu")
    assert agreed.runs == 2


def test_what_fails_for_another_reason_is_not_tried_again(plan: Plan) -> None:
    engine = FakeEngine(False, True, taken=False)
    with pytest.raises(Failure, match="pulumi up of test failed"):
        run(engine, plan)
    assert engine.runs == 1


def test_notes_of_orders_that_were_cut_off_go_and_others_stay(plan: Plan) -> None:
    engine = FakeEngine(taken=False)
    order = {"resource": {"urn": MACHINE, "type": "tensordock:index:Instance"}, "type": "creating"}
    other = {"resource": {"urn": "x", "type": "docker:index/container:Container"}, "type": "creating"}
    engine.pending = [order, other]
    forget_orders(cast(Engine, engine))
    assert engine.pending == [other]
