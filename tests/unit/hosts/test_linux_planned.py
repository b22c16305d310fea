"""What a Linux host of a plan is to be."""

from __future__ import annotations

from typing import Any

import pytest

from hosts.linux.planned import planned_linux
from hosts.planned import role_of
from hosts.script import render_script
from planning.build import build
from planning.firewall import rules
from planning.plan import Plan
from settings.load import load

SSH = {"user": "ops", "identity_file": "key", "known_hosts_file": "known_hosts"}
LINUX = {"kind": "linux", "address": "10.0.0.21", "cpus": 8, "memory_gb": 64, "disk_gb": 500, "ssh": SSH}
KEY = "ssh-ed25519 AAAA anna"


def planned(services: dict[str, Any], **host: Any) -> Plan:
    raw = {"hosts": {"server": {**LINUX, **host}}, "services": services}
    return build(load("test", raw, "Pulumi.test.yaml"), {})


def test_a_host_with_containers_has_an_engine_a_firewall_and_enough_memory() -> None:
    plan = planned({"redis": {"host": "server", "memory_mb": 1024}, "qdrant": {"host": "server", "memory_mb": 2048}})
    spec = planned_linux(plan, "server")
    assert (spec.user, spec.docker, spec.memory_mb) == ("ops", True, 512 + 1024 + 2048)
    assert spec.firewall == rules(plan, "server")
    assert sorted(spec.container_ports) == [6333, 6379]


def test_a_host_without_services_is_still_kept_in_order() -> None:
    plan = planned({}, users={"anna": {"authorized_keys": [KEY], "admin": True}}, sysctl={"vm.swappiness": "1"})
    spec = planned_linux(plan, "server")
    assert (spec.docker, spec.firewall) == (False, ())
    assert [(user.name, user.authorized_keys, user.admin) for user in spec.users] == [("anna", (KEY,), True)]
    role = role_of(plan, "server")
    assert role
    names = [step.name for step in role.steps]
    assert {"packages", "sysctl", "sshd limits", "firewall", "user anna"} <= set(names)
    assert "docker engine" not in names


def test_packages_and_directories_of_the_settings_are_its_own() -> None:
    packages = [{"name": "restic"}, {"name": "jq", "version": "1.6-2.1"}]
    spec = planned_linux(planned({}, packages=packages, directories=[{"path": "/srv/data", "mode": "0750"}]), "server")
    assert [(package.name, package.version) for package in spec.packages] == [("restic", ""), ("jq", "1.6-2.1")]
    assert [(directory.path, directory.mode) for directory in spec.directories] == [("/srv/data", 0o750)]


def test_a_declared_card_is_checked_and_given_to_the_engine() -> None:
    gpu = {"model": "l4", "vram_gb": 24.0, "hourly_usd": 0.5, "hours_per_month": 10.0}
    plan = planned({}, gpu=gpu)
    role = role_of(plan, "server")
    assert role
    assert role.needs == ("512", "22888")
    assert "nvidia runtime" in [step.name for step in role.steps]
    assert "nvidia-container-toolkit" in role.steps[0].arguments


def test_a_rented_machine_is_set_up_when_its_first_boot_has_ended_and_lets_nobody_to_its_services() -> None:
    gpu = {"model": "l4", "vram_gb": 24.0, "hourly_usd": 0.5, "hours_per_month": 10.0}
    rented = {"kind": "gpu_vm", "cpus": 8, "memory_gb": 64, "disk_gb": 500, "ssh": {"identity_file": "key"}, "gpu": gpu}
    raw = {"hosts": {"gpu": rented}, "services": {"ollama": {"host": "gpu"}}}
    role = role_of(build(load("test", raw, "Pulumi.test.yaml"), {}), "gpu")
    assert role
    assert (role.user, role.needs) == ("user", ("2560", "22888"))
    script = render_script(role)
    assert script.index("first_boot 900") < script.index("preflight user")
    steps = {step.name: step for step in role.steps}
    assert "nvidia-container-toolkit" in steps["packages"].arguments
    assert '{"minutes": 120, "name": "test/gpu"}' in steps["file /etc/ai-platform/dead-man.json"].arguments[4]
    (firewall,) = [step.text for step in role.steps if step.name == "firewall"]
    assert "tcp dport 11434 counter drop" in firewall
    assert "saddr" not in firewall


def test_a_host_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"hosts\.server is not a linux host"):
        planned_linux(planned({}, kind="mac"), "server")
