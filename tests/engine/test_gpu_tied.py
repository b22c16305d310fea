"""What stands on a rented machine goes with it, under the real engine and a simulated account of records."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.tensordock.account import Account
from simulators.tensordock.clock import SimulatorClock
from simulators.tensordock.control import become
from simulators.tensordock.server import serving
from simulators.tensordock.service import TOKEN, Service
from tests.engine.conftest import STACK, Engine
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
        # Taking it down fails: a machine that is off or gone lets nobody in.
        command.local.Command(
            f"{{name}}-part", create="echo made >>made", delete="echo x >>deleted", opts=pulumi.ResourceOptions(parent=self)
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
    service = Service(Account(SimulatorClock()))
    fast = {"boot_s": 0.1, "ip_s": 0.1, "start_s": 0.1, "stop_s": 0.1, "delete_s": 0.1, "calls_per_minute": None}
    service.account.behaviour = service.account.behaviour.model_copy(update=fast)
    return service


@pytest.fixture
def gpu(engine: Engine, service: Service, tmp_path: Path) -> Iterator[Engine]:
    engine.environment["XDG_CACHE_HOME"] = str(tmp_path / "cache")
    with serving(service) as url:
        engine.environment |= {"TENSORDOCK_BASE_URL": url, "TENSORDOCK_API_TOKEN": TOKEN}
        engine.program(PROGRAM)
        project = engine.folder / "Pulumi.yaml"
        path = os.path.relpath(ROOT / "providers" / "tensordock", engine.folder)
        project.write_text(f"{project.read_text()}plugins:\n  providers:\n  - {{name: tensordock, path: {path}}}\n")
        engine.configure("tensordock:pollSeconds", "0.1")
        engine.configure("tensordock:callsPerMinute", "100000")
        yield engine


def made(gpu: Engine) -> int:
    return len((gpu.folder / "made").read_text().splitlines())


def test_x(gpu: Engine, service: Service) -> None:
    print(gpu.up())
    print(json.dumps(gpu.resources()["service-part"], indent=1))
    gpu.preview("--expect-no-changes")
    first = gpu.outputs()["instance"]
    # stopped, card taken
    become(service.account, first, "stopped")
    service.account.behaviour.gpu_taken = True
    urn = gpu.resources()["gpu"]["urn"]
    print(gpu.pulumi("refresh", "-s", STACK, "--yes", "--skip-preview", "--target", urn).stdout)
    print(gpu.up(check=False))
    service.account.behaviour.gpu_taken = False
    print(gpu.up())
    assert made(gpu) == 2
    second = gpu.outputs()["instance"]
    assert first != second
    become(service.account, second, "gone")
    print(gpu.pulumi("refresh", "-s", STACK, "--yes", "--skip-preview", "--target", urn, check=False).stdout)
    print(json.dumps(gpu.resources(), indent=1))
    print(gpu.up(check=False))
    print(made(gpu))
    print(gpu.destroy(check=False))
