"""Three Macs and a Linux machine come up with the roles of Pulumi.prod.yaml, drift by hand, and are put right."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.engine.checkout import Checkout
from toolchain.places import ROOT

SSH_PORT = 2222
RUN = uuid.uuid4().hex[:4]
# Of the services of production those that one small machine can run four times over.
SERVICES: dict[str, dict[str, Any]] = {
    "ollama": {"memory_mb": 512},
    "ollama-small": {"memory_mb": 512},
    "redis": {"memory_mb": 64},
    "postgres": {"memory_mb": 512, "cpus": 1},
    "redis-embed": {"memory_mb": 64},
}


def office() -> dict[str, Any]:
    """Production's hosts and what they have beside services, each host simulated; a Redis stands for the connector."""
    text = (ROOT / "Pulumi.prod.yaml").read_text(encoding="utf-8")
    prod = {key.removeprefix("ai-platform:"): value for key, value in yaml.safe_load(text)["config"].items()}
    hosts = {}
    for number, (name, host) in enumerate(prod["hosts"].items()):
        keys = f".state/simulators/{name}-{RUN}"
        ssh = {"user": "admin", "port": SSH_PORT, "identity_file": f"{keys}/id_ed25519",
               "known_hosts_file": f"{keys}/known_hosts"}  # fmt: skip
        # Loopback addresses are this machine's; the simulated ones publish on their own.
        hosts[f"{name}-{RUN}"] = {
            **host, "address": f"127.0.0.{51 + number}", "publish_address": "0.0.0.0", "simulated": True, "ssh": ssh,
        }  # fmt: skip
    services = {name: {**prod["services"][name], **smaller} for name, smaller in SERVICES.items()}
    services["redis-gate"] = {"kind": "redis", "host": "gate", "memory_mb": 64, "port": 6380}
    for service in services.values():
        service["host"] = f"{service['host']}-{RUN}"
        if "models" in service:
            service["models"] = ["smollm2:135m"]
    models = {"chat": "smollm2:135m", "fallback": "random-weights"}
    return {"hosts": hosts, "services": services, "models": models, "images": {"source": "recorded"}}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    checkout = Checkout(tmp_path_factory.mktemp("office") / "checkout")
    checkout.sections = office()
    checkout.write()
    try:
        checkout.up()
        yield checkout
    finally:
        checkout.destroy()


def on(checkout: Checkout, host: str, command: str) -> str:
    """What a person with an own login does on the machine."""
    address = checkout.sections["hosts"][f"{host}-{RUN}"]["address"]
    keys = checkout.root / ".state" / "simulators" / f"{host}-{RUN}"
    login = ["ssh", "-F", "none", "-o", f"UserKnownHostsFile={keys / 'known_hosts'}", "-i", str(keys / "id_ed25519"),
             "-o", "BatchMode=yes", "-p", str(SSH_PORT), f"admin@{address}", command]  # fmt: skip
    done = subprocess.run(login, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def drift(checkout: Checkout, code: int) -> set[tuple[str, str]]:
    """Host and subject of every finding."""
    found = json.loads(checkout.run("drift", "-s", checkout.stack, "--json", code=code))
    assert found["untold"] == []
    return {(one["where"].removesuffix(f"-{RUN}"), one["what"]) for one in found["drift"]}


def test_every_service_of_the_office_is_healthy(made: Checkout) -> None:
    rows = json.loads(made.run("health", "-s", made.stack, "--json"))["endpoints"]
    expected = (*made.sections["services"], "postgres/certificate")
    assert {row["name"]: row["state"] for row in rows} == dict.fromkeys(expected, "healthy")


def test_nothing_has_drifted_and_a_second_up_changes_nothing(made: Checkout) -> None:
    assert drift(made, code=0) == set()
    said = made.up().rpartition("Resources:")[2]
    assert not any(word in said for word in ("created", "updated", "replaced", "deleted")), said


def test_drift_is_found_on_every_host_and_the_next_up_repairs_exactly_that(made: Checkout) -> None:
    on(made, "storage", "rm -rf /opt/homebrew/opt/restic /opt/homebrew/Cellar/restic")
    plist = "/Library/LaunchDaemons/ai-platform.ollama.plist"
    on(made, "muscle", f"sudo sed -i '' 's/8192/4096/' {plist}")
    on(made, "brain", f"PATH=/opt/homebrew/bin:$PATH docker stop ai-platform-{made.stack}-redis")
    on(made, "gate", "echo '# by hand' | sudo tee -a /etc/sysctl.d/*ai-platform*.conf")
    found = drift(made, code=2)
    assert {host for host, _ in found} == {"storage", "muscle", "brain", "gate"}
    assert ("storage", "package restic") in found
    assert ("muscle", "service ollama") in found
    assert len(found) == 4, found
    said = made.up()
    for _, subject in found:
        assert subject in said or "redis" in said
    assert drift(made, code=0) == set()
    assert on(made, "storage", "readlink /opt/homebrew/opt/restic")


def test_a_changed_host_shows_its_steps_in_the_preview(made: Checkout) -> None:
    host = made.sections["hosts"][f"gate-{RUN}"]
    host["sysctl"] = {"vm.swappiness": "10"}
    made.write()
    said = made.preview()
    assert "vm.swappiness" in said
    assert "[secret]" in said or "stdin" not in said
    del host["sysctl"]
    made.write()
