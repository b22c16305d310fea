"""Small environments to plan with."""

from collections.abc import Callable
from typing import Any

import pytest

from planning.addresses import finish
from planning.build import build
from planning.plan import Plan
from settings.load import load

LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}
SSH = {"user": "admin", "identity_file": "key", "known_hosts_file": "known_hosts"}
MAC = {"kind": "mac", "address": "10.0.0.12", "cpus": 8, "memory_gb": 64, "disk_gb": 500, "ssh": SSH}
GPU = {"model": "geforcertx4090-pcie-24gb", "vram_gb": 24, "hourly_usd": 0.35, "hours_per_month": 35}
RENTED = {
    "kind": "gpu_vm", "cpus": 4, "memory_gb": 16, "disk_gb": 100, "ssh": {"identity_file": "key"}, "gpu": GPU,
}  # fmt: skip
Planner = Callable[..., Plan]


def given(plan: Plan, service: str, file: str) -> str:
    """The text of a file that the service finds, one that holds no secret."""
    container = plan.service(service).container
    assert container
    (template,) = [one.template for one in container.given if one.path.endswith(f"/{file}")]
    return finish(template, {})


@pytest.fixture
def planned() -> Planner:
    """Plans an environment given as stack-file sections; one local host unless `hosts` says otherwise."""

    def plan(**sections: Any) -> Plan:
        raw = {"hosts": {"local": LOCAL}, **sections}
        return build(
            load("test", raw, "Pulumi.test.yaml"),
            {name: f"ai-platform/{name}:1" for name in ("access-check", "gate", "inference")},
        )

    return plan
