"""The life of a GPU stack on a simulated account whose machines are real containers, through its users' scripts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.engine.checkout import Checkout
from tests.engine.test_platform import changes

GPU = {
    "model": "geforcertx4090-pcie-24gb", "vram_gb": 24, "hourly_usd": 0.4, "hours_per_month": 20, "minimum_tier": 2,
}  # fmt: skip
HOST = {"kind": "gpu_vm", "simulated": True, "cpus": 2, "memory_gb": 8, "disk_gb": 100, "gpu": GPU}
ACCOUNT = "import sys; from operations.simulated_account import ensure; ensure(sys.argv[1])"
AT_ONCE = ("boot_s=0.1", "ip_s=0.1", "start_s=0.1", "stop_s=0.1", "delete_s=0.1", "calls_per_minute=null")
WORKLOAD = "chat"


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path / "checkout", stack=f"t{uuid.uuid4().hex[:8]}-{WORKLOAD}")
    key = f".state/gpu/{made.stack}/id_ed25519"
    made.sections["hosts"] = {"gpu": {**HOST, "ssh": {"identity_file": key}}}
    made.sections["services"] = {"ollama": {"host": "gpu", "memory_mb": 1024, "models": ["smollm2:135m"]}}
    made.sections["models"] = {"chat": "smollm2:135m", "fallback": "random-weights"}
    made.write()
    with (made.root / f"Pulumi.{made.stack}.yaml").open("a") as file:
        file.write('  tensordock:pollSeconds: "0.3"\n  tensordock:callsPerMinute: "100000"\n')
    python = [str(made.root / ".venv/bin/python"), "-c", ACCOUNT, made.stack]
    subprocess.run(python, cwd=made.root, env={**os.environ, "PYTHONPATH": str(made.root)}, check=True, timeout=120)
    made.run("gpu-simulator", "set", *AT_ONCE)
    try:
        yield made
    finally:
        made.run("down", "-s", made.stack, "--yes", code=None)
        made.run("gpu-simulator", "stop", code=None)


def machine(checkout: Checkout) -> dict[str, Any]:
    """As the stack's outputs tell it."""
    outputs = json.loads((checkout.root / ".state/outputs" / f"{checkout.stack}.json").read_text())
    found: dict[str, Any] = outputs["machines"]["gpu"]
    return found


def rented(checkout: Checkout) -> list[str]:
    """Ids of the machines of the account."""
    return [vm["id"] for vm in json.loads(checkout.run("gpu-simulator", "state"))["vms"]]


def on_it(checkout: Checkout, command: str) -> str:
    """Output of a command on the machine, by the login that any person has."""
    name = f"gpu.{checkout.stack}"
    config = checkout.root / ".state/gpu" / checkout.stack / "gpu/ssh_config"
    done = subprocess.run(["ssh", "-F", config, name, command], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def chat(checkout: Checkout) -> dict[str, Any]:
    """A completion of the machine's Ollama, by the way that scripts/gpu-connect holds open."""
    process = checkout.start("gpu-connect", checkout.stack)
    assert process.stdout
    try:
        url = next(line.split()[1] for line in process.stdout if line.split()[:1] == ["ollama"])
        body = {"model": "random-weights", "prompt": "Hello", "stream": False, "options": {"num_predict": 4}}
        answer = requests.post(f"{url}/api/generate", json=body, timeout=60)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=30)


def test_life_of_a_gpu_stack(checkout: Checkout) -> None:
    said = checkout.up()
    assert said.index("730 H A MONTH") < said.index("ordering"), "prices come before the order"
    assert "1 healthy" in said
    first = machine(checkout)
    assert rented(checkout) == [first["instance_id"]]
    name = f"ai-platform-{checkout.stack}-ollama"
    shown = f"sudo docker inspect {name} --format '{{{{.Id}}}} {{{{json .HostConfig.DeviceRequests}}}}'"
    container = on_it(checkout, shown)
    assert '"Capabilities":[["gpu"]]' in container
    listening = on_it(checkout, "sudo ss -Hltn | awk '{ print $4 }'").splitlines()
    assert {place for place in listening if not place.startswith("127.")} <= {"0.0.0.0:22", "[::]:22"}
    assert chat(checkout)["done"]
    assert changes(checkout.preview()) == []

    assert checkout.run("vm-stop.sh", WORKLOAD, "-e", checkout.stack.split("-")[0])
    assert "is stopped" in checkout.run("health", "-s", checkout.stack, code=2)
    said = checkout.up()
    started = machine(checkout)
    assert started["instance_id"] == first["instance_id"]
    assert (started["ip_address"], started["ssh_port"]) != (first["ip_address"], first["ssh_port"])
    assert on_it(checkout, shown) == container
    assert "~ 2 updated" in said
    assert "replaced" not in said
    assert "1 healthy" in said

    checkout.run("gpu-simulator", "become", first["instance_id"], "gone")
    assert f"{checkout.stack} is gone" in checkout.run("down", "-s", checkout.stack)
    assert not (checkout.root / ".state/gpu" / checkout.stack / "gpu").exists()
