"""How hosts are reached, and what a Mac is to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.docker_access import DockerAccess, docker_access
from components.host_access import HostAccess
from components.ssh_identity import PLACEHOLDERS, identity
from hosts.mac.planned import planned_mac
from planning.plan import Plan
from settings.host import Host

from .conftest import LOCAL, Planner
from .engine import run

LARGE = {"a:70b": 40.0, "b:32b": 20.0}


def test_this_machine_is_reached_without_ssh(planned: Planner) -> None:
    plan = planned()
    assert docker_access(plan.hosts["local"]) == DockerAccess(url=None, ssh_options=())
    assert run(lambda: HostAccess(plan, {})).made == []


def test_another_machine_is_reached_with_one_key_and_a_pinned_host_and_no_question(mac: dict[str, Any]) -> None:
    access = docker_access(Host.model_validate({**mac, "kind": "linux"}))
    assert access.url == "ssh://admin@10.0.0.12:22"
    for option in ("IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=yes"):
        assert option in access.ssh_options


def test_the_key_of_a_host_is_the_recorded_one_for_its_address_and_port(mac: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text(
        "10.0.0.12 ssh-ed25519 AAAAstandard\nother,[10.0.0.12]:2222 ssh-ed25519 AAAAother comment\n", encoding="utf-8"
    )
    assert identity(tmp_path, "mini", Host.model_validate(mac)).host_key == "ssh-ed25519 AAAAstandard"
    other = Host.model_validate({**mac, "ssh": {**mac["ssh"], "port": 2222}})
    assert identity(tmp_path, "mini", other).host_key == "ssh-ed25519 AAAAother"


@pytest.mark.parametrize(
    ("missing", "remedy"),
    [("key", r"ssh-keygen -t ed25519 -f \S*key`.*authorise"), ("known_hosts", r"scripts/host trust mini -s \w+")],
)
def test_a_missing_key_file_is_named_with_the_command_that_makes_it(
    mac: dict[str, Any], tmp_path: Path, missing: str, remedy: str
) -> None:
    (tmp_path / missing).unlink()
    with pytest.raises(pulumi.RunError, match=rf"{tmp_path / missing}\n.*{remedy}"):
        identity(tmp_path, "mini", Host.model_validate(mac))


def test_a_host_that_was_never_trusted_is_refused(mac: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text("10.0.0.99 ssh-ed25519 AAAA\n", encoding="utf-8")
    with pytest.raises(pulumi.RunError, match=r"no key of 10\.0\.0\.12\n.*scripts/host trust mini"):
        identity(tmp_path, "mini", Host.model_validate(mac))


def test_placeholders_for_keys_never_reach_an_up(
    mac: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").unlink()
    monkeypatch.setenv(PLACEHOLDERS, "1")
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)
    assert identity(tmp_path, "mini", Host.model_validate(mac)).private_key == "placeholder"
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: False)
    with pytest.raises(pulumi.RunError, match="no such file"):
        identity(tmp_path, "mini", Host.model_validate(mac))


def test_a_mac_gets_what_its_services_need(whole: Plan) -> None:
    role = planned_mac(whole, "mini")
    assert {package.name for package in role.packages} == {"colima", "docker", "ollama", "postgresql@16", "redis"}
    assert role.user == "admin"
    assert role.ollama and role.ollama.port == 11434
    containers = [service.container for service in whole.on("mini") if service.container]
    assert role.colima and role.colima.memory_gib * 1024 >= sum(one.memory_mb for one in containers)
    assert role.colima.cpus <= 8
    assert role.wired_limit_mb == 0


def test_a_mac_without_containers_gets_no_container_machine(planned: Planner, mac: dict[str, Any]) -> None:
    plan = planned(hosts={"mini": mac}, services={"ollama-native": {"host": "mini"}})
    role = planned_mac(plan, "mini")
    assert role.colima is None
    assert [package.name for package in role.packages] == ["ollama"]


def test_large_models_get_more_of_the_memory_than_macos_would_give(planned: Planner, mac: dict[str, Any]) -> None:
    def limit(**more: Any) -> int:
        service = {"host": "mini", "models": list(LARGE), **more}
        plan = planned(
            hosts={"mini": {**mac, "memory_gb": 128}}, services={"ollama-native": service}, models={"sizes_gb": LARGE}
        )
        return planned_mac(plan, "mini").wired_limit_mb

    assert limit() >= 60 * 1024
    assert 40 * 1024 <= limit(loaded_models=1) < 60 * 1024


def test_a_role_is_for_macs_only(planned: Planner) -> None:
    with pytest.raises(ValueError, match=r"hosts\.local is not a mac"):
        planned_mac(planned(hosts={"local": LOCAL}), "local")
