"""What stands on a rented machine goes with it, under the real engine and a simulated account of records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.gpu.records import instances, of_lost_machines
from operations.lost_host import without
from simulators.tensordock.control import become
from simulators.tensordock.service import TOKEN, Service
from tests.engine.conftest import STACK, Engine
from tests.engine.rented_program import quick_service, renting
from tests.engine.tensordock_rig import CARD
from toolchain.places import ROOT

PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import pulumi
import pulumi_command as command
from components.tied import tied_to
from providers.tensordock.sdk import Instance

class On(pulumi.ComponentResource):
    def __init__(self, name, opts):
        super().__init__("test:index:On", name, None, opts)
        command.local.Command(
            f"{{name}}-part", create="echo made >>made", delete="echo deleted >>deleted",
            opts=pulumi.ResourceOptions(parent=self),
        )

gpu = Instance(
    "gpu", image="ubuntu2404", gpu_model={CARD!r}, vcpu_count=4, ram_gb=16, storage_gb=100, max_hourly_price=0.5,
    ssh_key="ssh-ed25519 AAAA me", wait_for_ssh=False,
)
On("service", tied_to(gpu))
pulumi.export("instance", gpu.instance_id)
"""


@pytest.fixture
def service() -> Service:
    return quick_service(0.1)


@pytest.fixture
def gpu(engine: Engine, service: Service, tmp_path: Path) -> Iterator[Engine]:
    with renting(engine, service, PROGRAM, tmp_path) as url:
        engine.environment |= {"TENSORDOCK_BASE_URL": url, "TENSORDOCK_API_TOKEN": TOKEN}
        yield engine


def made(gpu: Engine) -> int:
    return len((gpu.folder / "made").read_text().splitlines())


def deleted(gpu: Engine) -> int:
    file = gpu.folder / "deleted"
    return len(file.read_text().splitlines()) if file.exists() else 0


def refresh_the_machine(gpu: Engine) -> None:
    urn = gpu.resources()["gpu"]["urn"]
    gpu.pulumi("refresh", "-s", STACK, "--yes", "--skip-preview", "--target", urn)


def forget_parts_of_lost_machines(gpu: Engine, *going: str) -> None:
    """As operations/gpu/replacing.py does it."""
    exported = json.loads(gpu.pulumi("stack", "export", "-s", STACK).stdout)
    resources = exported["deployment"]["resources"]
    kept = {one["outputs"]["instanceId"] for one in instances(resources).values()} - set(going)
    exported["deployment"]["resources"] = without(resources, of_lost_machines(resources, kept))
    file = gpu.folder / "state.json"
    file.write_text(json.dumps(exported))
    gpu.pulumi("stack", "import", "-s", STACK, "--file", str(file))


def test_a_machine_that_was_off_starts_and_nothing_on_it_is_touched(gpu: Engine, service: Service) -> None:
    gpu.up()
    gpu.preview("--expect-no-changes")
    become(service.account, gpu.outputs()["instance"], "stopped")
    refresh_the_machine(gpu)
    gpu.up()
    assert (made(gpu), deleted(gpu)) == (1, 0)
    become(service.account, gpu.outputs()["instance"], "stopped")
    gpu.destroy()
    assert (service.account.existing(), deleted(gpu)) == ([], 0)


def test_a_taken_card_leads_to_one_other_machine_with_everything_anew(gpu: Engine, service: Service) -> None:
    gpu.up()
    first = gpu.outputs()["instance"]
    become(service.account, first, "stopped")
    service.account.behaviour.gpu_taken = True
    refresh_the_machine(gpu)
    assert "Its card is taken" in gpu.up(check=False)
    forget_parts_of_lost_machines(gpu, first)
    gpu.up()
    assert [vm.id for vm in service.account.existing()] == [gpu.outputs()["instance"]] != [first]
    assert (made(gpu), deleted(gpu)) == (2, 0)
    gpu.preview("--expect-no-changes")


def test_a_machine_that_has_vanished_is_made_anew_and_destroyed_without_a_login(gpu: Engine, service: Service) -> None:
    """Also where nobody has dropped the records of what stood on it."""
    gpu.up()
    become(service.account, gpu.outputs()["instance"], "gone")
    refresh_the_machine(gpu)
    gpu.up()
    assert made(gpu) == 2
    taken_down = deleted(gpu)
    become(service.account, gpu.outputs()["instance"], "gone")
    gpu.destroy()
    assert (service.account.ledger.running(), deleted(gpu)) == ([], taken_down)


def test_a_machine_that_the_program_no_longer_has_goes_without_a_login_to_it(gpu: Engine, service: Service) -> None:
    gpu.up()
    forget_parts_of_lost_machines(gpu, gpu.outputs()["instance"])
    gpu.program("import pulumi\n")
    gpu.up()
    assert (service.account.existing(), deleted(gpu)) == ([], 0)
