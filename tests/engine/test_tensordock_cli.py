"""The TensorDock provider under the real CLI, found by its path, against a simulated account."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulators.tensordock.control import become
from simulators.tensordock.faults import Fault
from simulators.tensordock.operations import create
from simulators.tensordock.service import TOKEN, Service
from tests.engine.conftest import STACK, Engine
from tests.engine.rented_program import quick_service, renting
from tests.engine.tensordock_rig import CARD
from toolchain.places import ROOT

PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import pulumi
from providers.tensordock.sdk import CloudInit, Instance, SshKey, WriteFile
config = pulumi.Config()
key = SshKey("key", public_key="ssh-ed25519 AAAA me")
gpu = Instance(
    "gpu", image=config.get("image") or "ubuntu2404", gpu_model={CARD!r}, vcpu_count=config.get_int("vcpus") or 4,
    ram_gb=16, storage_gb=100, max_hourly_price=0.5, minimum_tier=2, ssh_key_id=key.id, wait_for_ssh=False,
    running=config.get_bool("running"),
    cloud_init=CloudInit(write_files=[WriteFile("/etc/secret", config.get("canary") or "none")]),
)
pulumi.export("instance", gpu.instance_id)
pulumi.export("address", gpu.ip_address)
pulumi.export("price", gpu.hourly_micro_usd)
"""


@pytest.fixture
def service() -> Service:
    return quick_service(0.2)


@pytest.fixture
def gpu(engine: Engine, service: Service, tmp_path: Path) -> Iterator[Engine]:
    """An engine whose account and token stand in its configuration."""
    with renting(engine, service, PROGRAM, tmp_path) as url:
        engine.configure("tensordock:baseUrl", url)
        engine.configure("tensordock:apiToken", TOKEN, "--secret")
        yield engine


def changes(service: Service) -> int:
    """How many calls so far were more than reads."""
    return len([call for call in service.calls if call.method != "GET"])


def killed_while(gpu: Engine, service: Service, happened: Callable[[], bool]) -> None:
    """Runs an update and kills all of it as soon as that has happened; clears the lock that it leaves."""
    process = subprocess.Popen(
        gpu.command("up", "-s", STACK, "--yes", "--skip-preview"), cwd=gpu.folder, env=gpu.environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0,
    )  # fmt: skip
    limit = time.monotonic() + 60
    while not happened():
        assert process.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    service.faults = []
    gpu.pulumi("cancel", "-s", STACK, "--yes")


def ids(service: Service) -> list[str]:
    service.settle()
    return [vm.id for vm in service.account.existing()]


def test_a_machine_is_made_stopped_started_resized_replaced_and_removed(gpu: Engine, service: Service) -> None:
    gpu.configure("canary", "canary-of-cloud-init", "--secret")
    assert "instance" in gpu.preview()
    assert ids(service) == []
    assert "Chicago, United States (tier 2) for 0.399 USD an hour" in gpu.up()
    outputs = gpu.outputs()
    assert ids(service) == [outputs["instance"]]
    assert outputs["price"] == 399_000
    gpu.preview("--expect-no-changes")
    gpu.refresh()
    gpu.preview("--expect-no-changes")
    gpu.configure("running", "false")
    gpu.up()
    assert service.account.vms[outputs["instance"]].status == "stopped"
    gpu.configure("running", "true")
    gpu.configure("vcpus", "8")
    gpu.up()
    assert service.account.vms[outputs["instance"]].order.vcpus == 8
    gpu.configure("image", "ubuntu2204")
    assert "replace" in gpu.preview()
    gpu.up()
    assert ids(service) == [gpu.outputs()["instance"]] != [outputs["instance"]]
    assert "canary-of-cloud-init" not in json.dumps(gpu.resources())
    assert TOKEN not in json.dumps(gpu.resources())
    gpu.destroy()
    assert ids(service) == []
    assert service.account.keys == {}


def test_killed_while_the_answer_to_the_order_was_under_way_the_machine_is_adopted(
    gpu: Engine, service: Service
) -> None:
    service.faults = [Fault(kind="slow", method="POST", path="/instances", seconds=8)]
    killed_while(gpu, service, lambda: bool(ids(service)))
    made = ids(service)
    gpu.up()
    assert ids(service) == made == [gpu.outputs()["instance"]]
    before = changes(service)
    assert "unchanged" in gpu.up()
    assert changes(service) == before
    gpu.destroy()
    assert service.account.ledger.running() == []


def test_killed_while_a_deletion_was_under_way_the_next_one_finishes_it(gpu: Engine, service: Service) -> None:
    gpu.up()
    gpu.configure("image", "ubuntu2204")
    service.account.behaviour.delete_s = 3
    killed_while(gpu, service, lambda: any(vm.status == "deleting" for vm in service.account.existing()))
    gpu.up()
    assert ids(service) == [gpu.outputs()["instance"]]
    gpu.destroy()
    assert service.account.ledger.running() == []


def test_a_creation_that_fails_half_way_stays_in_the_state_and_is_finished_by_the_next_update(
    gpu: Engine, service: Service
) -> None:
    service.account.behaviour.never_ip = True
    service.faults = [Fault(kind="error", status=401, path="/instances/", skip=2, times=1000)]
    said = gpu.up(check=False)
    assert "cannot bring up VM pulumi-test-gpu-" in said
    assert "It costs 0.399 USD an hour" in said
    assert TOKEN not in said
    assert gpu.resources()["gpu"]["outputs"]["instanceId"] == ids(service)[0]
    service.faults = []
    made = ids(service)
    service.account.vms[made[0]].address_due = service.account.clock.now
    gpu.up()
    assert ids(service) == made
    gpu.destroy()
    assert ids(service) == []


def test_a_taken_card_leads_to_one_replacement_that_the_preview_shows(gpu: Engine, service: Service) -> None:
    gpu.configure("running", "false")
    gpu.up()
    old = ids(service)
    service.account.behaviour.gpu_taken = True
    gpu.configure("running", "true")
    assert "Its card is taken: the next `pulumi up` replaces it" in gpu.up(check=False)
    assert "replace" in gpu.preview()
    gpu.up()
    assert ids(service) == [gpu.outputs()["instance"]] != old
    gpu.destroy()
    assert service.account.ledger.running() == []


def test_a_replacement_that_is_forced_deletes_first(gpu: Engine, service: Service) -> None:
    gpu.up()
    old = gpu.outputs()["instance"]
    gpu.up("--replace", f"urn:pulumi:{STACK}::tiny::tensordock:index:Instance::gpu")
    assert ids(service) == [gpu.outputs()["instance"]] != [old]
    gpu.destroy()


def test_a_vanished_machine_is_seen_by_a_refresh_and_does_not_hinder_a_destruction(
    gpu: Engine, service: Service
) -> None:
    gpu.up()
    become(service.account, ids(service)[0], "gone")
    gpu.destroy()
    gpu.up()
    become(service.account, ids(service)[0], "gone")
    gpu.refresh()
    assert "gpu" not in gpu.resources()
    gpu.up()
    assert len(ids(service)) == 1
    gpu.destroy()


def test_an_interrupt_ends_the_wait_and_keeps_the_machine_in_the_state(gpu: Engine, service: Service) -> None:
    service.account.behaviour.never_ip = True
    process = subprocess.Popen(
        gpu.command("up", "-s", STACK, "--yes", "--skip-preview"), cwd=gpu.folder, env=gpu.environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0,
    )  # fmt: skip
    while not any(vm.status == "running" for vm in service.account.existing()):
        service.settle()
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert "cancelled before" in said
    assert gpu.resources()["gpu"]["outputs"]["instanceId"] == ids(service)[0]
    gpu.destroy()
    assert ids(service) == []


def test_all_mistakes_are_told_at_once_before_any_call(gpu: Engine, service: Service) -> None:
    program = PROGRAM.replace("ssh_key_id=key.id, ", "").replace("ram_gb=16, storage_gb=100", "ram_gb=1, storage_gb=5")
    gpu.program(program)
    said = gpu.preview(check=False)
    for name in ("ramGb", "storageGb", "sshKey"):
        assert name in said
    assert service.calls == []


def made_by_hand(service: Service) -> str:
    """The id of a running machine that Pulumi knows nothing of."""
    order = {
        "name": "by-hand", "image": "ubuntu2404", "location_id": "loc-mid", "useDedicatedIp": True, "ssh_key": "k",
        "resources": {"vcpu_count": 4, "ram_gb": 16, "storage_gb": 100, "gpus": {CARD: {"count": 1}}},
    }  # fmt: skip
    identifier = create(service.account, order).id
    service.account.vms[identifier].will("running", service.account.clock.now)
    return identifier


def test_an_existing_machine_is_imported_by_the_program(gpu: Engine, service: Service) -> None:
    identifier = made_by_hand(service)
    options = f"wait_for_ssh=False, opts=pulumi.ResourceOptions(import_={identifier!r}),"
    gpu.program(PROGRAM.replace("wait_for_ssh=False,", options))
    gpu.up()
    assert ids(service) == [identifier] == [gpu.outputs()["instance"]]
    gpu.program(PROGRAM)
    gpu.preview("--expect-no-changes")
    gpu.destroy()
    assert ids(service) == []


@pytest.mark.parametrize("by", ["id", "name"])
def test_an_existing_machine_is_imported_by_a_command(gpu: Engine, service: Service, by: str) -> None:
    identifier = made_by_hand(service)
    named = identifier if by == "id" else "by-hand"
    said = gpu.pulumi(
        "import", "-s", STACK, "--yes", "--skip-preview", "--generate-code=false", "--protect=false",
        "tensordock:index:Instance", "gpu", named,
    ).stdout  # fmt: skip
    assert "warning" not in said
    assert gpu.resources()["gpu"]["outputs"]["instanceId"] == identifier
    gpu.preview("--diff")
    gpu.destroy()
    assert ids(service) == []
