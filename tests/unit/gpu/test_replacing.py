"""Before an update: which machines it takes others for, what is lost then, and what the state has to forget."""

from __future__ import annotations

import json
import subprocess
from typing import Any, cast

import pytest

from operations.engine import Engine
from operations.failure import Failure
from operations.gpu.records import data, instances, machines, of_lost_machines
from operations.gpu.replacing import Replaced, forget, replaced, require_consent
from planning.build import build
from planning.plan import Plan
from settings.load import load

BASE = "urn:pulumi:test::ai-platform"
MACHINE = f"{BASE}::ai-platform:index:GpuMachine$tensordock:index:Instance::gpu"
PROVIDER = f"{BASE}::pulumi:providers:docker::docker-gpu::1"
GPU = {"model": "x", "vram_gb": 24, "hourly_usd": 0.35, "hours_per_month": 60}
HOST = {"kind": "gpu_vm", "cpus": 4, "memory_gb": 16, "disk_gb": 100, "ssh": {"identity_file": "key"}, "gpu": GPU}


@pytest.fixture
def plan() -> Plan:
    services = {"ollama": {"host": "gpu", "models": ["smollm2:135m"]}, "postgres": {"host": "gpu"}}
    return build(load("test", {"hosts": {"gpu": HOST}, "services": services}, "Pulumi.test.yaml"), {})


def instance(identifier: str = "vm-1", **outputs: Any) -> dict[str, Any]:
    return {
        "urn": MACHINE, "type": "tensordock:index:Instance", "outputs": {"instanceId": identifier, **outputs}
    }  # fmt: skip


def volume(service: str, part: str, tie: str = "vm-1") -> dict[str, Any]:
    owner = f"{BASE}::ai-platform:index:ServiceContainer::{service}"
    return {
        "urn": f"{owner}$docker:index/volume:Volume::{service}-{part}", "type": "docker:index/volume:Volume",
        "id": f"ai-platform-test-{service}-{part}", "parent": owner, "provider": PROVIDER, "inputs": {},
        "replacementTrigger": tie,
    }  # fmt: skip


def container(service: str, tie: str = "vm-1") -> dict[str, Any]:
    owner = f"{BASE}::ai-platform:index:ServiceContainer::{service}"
    return {
        "urn": f"{owner}$docker:index/container:Container::{service}", "type": "docker:index/container:Container",
        "parent": owner, "provider": PROVIDER, "replacementTrigger": tie,
        "dependencies": [f"{owner}$docker:index/volume:Volume::{service}-data"],
    }  # fmt: skip


def on_the_machine() -> list[dict[str, Any]]:
    return [
        instance(), container("ollama"), volume("ollama", "models"), container("postgres"), volume("postgres", "data"),
    ]  # fmt: skip


class FakeEngine:
    """The state, and what a preview of the machines says."""

    def __init__(self, resources: list[dict[str, Any]], *steps: dict[str, Any], code: int = 0) -> None:
        self.state, self._steps, self._code = resources, steps, code
        self.asked: tuple[str, ...] = ()
        self.options = ("-s", "test")

    def resources(self) -> list[dict[str, Any]]:
        return self.state

    def export(self) -> dict[str, Any]:
        return {"deployment": {"resources": self.state}}

    def replace_state(self, state: str) -> None:
        self.state = json.loads(state)["deployment"]["resources"]

    def attempt(self, *arguments: str, seconds: float) -> subprocess.CompletedProcess[str]:
        assert seconds > 0
        self.asked = arguments
        document = {"steps": self._steps, "diagnostics": [{"severity": "error", "message": "it is broken"}]}
        return subprocess.CompletedProcess(arguments, self._code, json.dumps(document), "")


def engine(*steps: dict[str, Any], resources: list[dict[str, Any]] | None = None, code: int = 0) -> Engine:
    return cast(Engine, FakeEngine(on_the_machine() if resources is None else resources, *steps, code=code))


def step(op: str, *reasons: str) -> dict[str, Any]:
    return {"op": op, "urn": MACHINE, "replaceReasons": list(reasons)}


def test_models_are_no_data_since_they_are_fetched_again(plan: Plan) -> None:
    assert [found.name for found in data(on_the_machine(), plan, "gpu")] == ["ai-platform-test-postgres-data"]


def test_a_volume_that_no_service_has_come_up_with_is_no_data_either(plan: Plan) -> None:
    assert data([instance(), volume("postgres", "data")], plan, "gpu") == []


@pytest.mark.parametrize("op", ["same", "update"])
def test_a_machine_that_stays_is_not_replaced(plan: Plan, op: str) -> None:
    assert replaced(engine(step(op)), plan) == []


def test_only_the_machines_are_previewed_and_where_there_are_none_nothing(plan: Plan) -> None:
    asked = engine(step("same"))
    replaced(asked, plan)
    arguments = cast(FakeEngine, asked).asked
    assert arguments[arguments.index("--target") + 1] == MACHINE
    assert replaced(engine(resources=[]), plan) == []


def test_a_preview_that_fails_is_no_sign_that_nothing_is_replaced(plan: Plan) -> None:
    with pytest.raises(Failure, match="it is broken"):
        replaced(engine(code=255), plan)


def test_data_is_lost_only_after_a_yes_for_its_host(plan: Plan) -> None:
    found = replaced(engine(step("replace", "image")), plan)
    assert found == [
        Replaced(host="gpu", instance_id="vm-1", reasons=("image",), volumes=("ai-platform-test-postgres-data",))
    ]
    with pytest.raises(Failure, match=r"image of it cannot be changed in place; lost with it: ai-platform-test-postgr"):
        require_consent(found, ["other"], "test")
    require_consent(found, ["gpu"], "test")


def test_a_machine_that_the_settings_no_longer_have_is_not_given_up_with_data_unasked(
    plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    del plan.hosts["gpu"]
    asked = engine()
    found = replaced(asked, plan)
    assert cast(FakeEngine, asked).asked == (), "the engine shows no deletion of what others stand on"
    with pytest.raises(
        Failure, match=r"no longer among the hosts .*lost with it: ai-platform-test-postgres-data"
    ) as no:
        require_consent(found, [], "test")
    assert "--let-go gpu" in str(no.value)
    require_consent(found, ["gpu"], "test")
    assert "gpu is given up" in capsys.readouterr().out


def test_a_machine_without_data_is_replaced_and_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    require_consent([Replaced(host="gpu", instance_id="vm-1", reasons=("running",), volumes=())], [], "test")
    assert "its card was taken by somebody else while it was off" in capsys.readouterr().out


def test_what_stands_on_a_machine_that_stays_stays_known() -> None:
    kept = engine()
    forget(kept)
    assert kept.resources() == on_the_machine()


@pytest.mark.parametrize("gone", ["vanished", "going"])
def test_what_stood_on_a_machine_that_is_gone_is_forgotten_and_nothing_else(gone: str) -> None:
    password = {"urn": f"{BASE}::random:index:RandomPassword::x", "type": "random:index:RandomPassword"}
    resources = [password, *on_the_machine()]
    if gone == "vanished":
        resources = [one for one in resources if one["urn"] != MACHINE]
    known = engine(resources=resources)
    forget(known, ["vm-1"] if gone == "going" else [])
    assert [one["urn"] for one in known.resources() if one["urn"] != MACHINE] == [password["urn"]]


def test_a_machine_that_waits_for_its_record_to_go_is_not_the_machine() -> None:
    old = {**instance("vm-0"), "delete": True}
    found = instances([old, instance()])
    assert found["gpu"]["outputs"]["instanceId"] == "vm-1"
    assert of_lost_machines([volume("a", "b", "vm-0"), volume("c", "d")], ["vm-1"]) == {volume("a", "b")["urn"]}


def test_a_machine_is_known_from_the_state_once_it_was_there_as_a_whole() -> None:
    whole = {
        "name": "n", "instance_id": "vm-1", "status": "running", "ip_address": "198.51.100.7", "ssh_port": 22.0,
        "ports": {}, "user": "user", "host_key": "ssh-ed25519 AAAA", "hourly_micro_usd": 350000.0, "idle_minutes": 30,
    }  # fmt: skip
    component = {"urn": f"{BASE}::ai-platform:index:GpuMachine::gpu", "type": "ai-platform:index:GpuMachine"}
    assert machines([{**component, "outputs": {"machine": whole}}])["gpu"].ssh_port == 22
    assert machines([component, {**component, "outputs": {"machine": {"name": "n"}}}]) == {}
