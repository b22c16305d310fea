"""A rented machine: its order, its login, and what stands on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.certificates import certificates
from components.host_access import HostAccess
from components.services import Services
from hosts import ssh_config
from planning.passwords import password_names

from .conftest import Planner
from .engine import GENERATED, RENTED, Registrations, plain_texts, run

GPU = {
    "model": "geforcertx4090-pcie-24gb", "vram_gb": 24, "hourly_usd": 0.35, "max_hourly_usd": 0.45,
    "hours_per_month": 60, "minimum_tier": 2, "location_ids": ["loc-mid"],
}  # fmt: skip
SERVICES: dict[str, Any] = {
    "ollama": {"host": "gpu", "models": ["smollm2:135m"]},
    **{name: {"host": "gpu"} for name in ("postgres", "s3", "mlflow")},
}


def host(folder: Path, **changed: Any) -> dict[str, Any]:
    (folder / "key").write_text("PRIVATE KEY THAT LOGS IN")
    (folder / "key.pub").write_text("ssh-ed25519 AAAAlogin me\n")
    rented = {"kind": "gpu_vm", "cpus": 4, "memory_gb": 16, "disk_gb": 100, "gpu": GPU}
    return {**rented, "ssh": {"identity_file": str(folder / "key")}, **changed}


@pytest.fixture
def made(planned: Planner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registrations:
    """Everything that a GPU stack with an Ollama and the services of a training stack registers."""
    monkeypatch.chdir(tmp_path)
    plan = planned(hosts={"gpu": host(tmp_path)}, services=SERVICES)

    def program() -> None:
        names = password_names(plan)
        secrets = {f"password.{name}": pulumi.Output.secret(f"{GENERATED}{name}") for name in names}
        secrets |= certificates(plan)
        access = HostAccess(plan, secrets)
        Services(plan, access, secrets)

    return run(program)


def test_it_is_ordered_as_the_settings_say_and_always_wanted_running(made: Registrations) -> None:
    order = made.one(":Instance", "gpu").inputs
    assert order["running"] is True
    assert (order["vcpuCount"], order["ramGb"], order["storageGb"]) == (4, 16, 100)
    assert (order["maxHourlyPrice"], order["minimumTier"], order["locationIds"]) == (0.45, 2, ["loc-mid"])
    assert order["image"] == "ubuntu2404_ml_everything"
    assert order["sshKey"] == "ssh-ed25519 AAAAlogin me"
    assert order["dedicatedIp"] is True
    assert "portForwards" not in order


def test_without_an_address_of_its_own_its_ssh_server_is_asked_for_somewhere(
    planned: Planner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plan = planned(hosts={"gpu": host(tmp_path, gpu={**GPU, "dedicated_ip": False})})
    (forward,) = run(lambda: HostAccess(plan, {})).one(":Instance", "gpu").inputs["portForwards"]
    assert forward["internalPort"] == 22


def test_the_host_key_is_given_to_it_in_secret_and_is_the_only_one_that_logins_take(made: Registrations) -> None:
    order = made.one(":Instance", "gpu")
    assert order.is_secret("cloudInit")
    files = {file["path"]: file for file in order.inputs["cloudInit"]["writeFiles"]}
    given = files["/etc/ai-platform/ssh_host_ed25519_key"]
    assert given["permissions"] == "0600"
    assert given["content"].startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    connection = made.one("remote:Command", "gpu-role").inputs["connection"]
    assert connection["hostKey"].startswith("ssh-ed25519 AAAA")
    shown = "\n".join(text for one in made.made for text in plain_texts(one.given))
    for secret in (given["content"], "PRIVATE KEY THAT LOGS IN"):
        assert secret not in shown


def test_its_first_boot_lets_in_the_key_that_logs_in(made: Registrations) -> None:
    boot = made.one(":Instance", "gpu").inputs["cloudInit"]
    contents = {file["path"]: file["content"] for file in boot["writeFiles"]}
    assert contents["/etc/ai-platform/login.pub"] == "ssh-ed25519 AAAAlogin me\n"
    assert boot["runcmd"] == ["/usr/local/sbin/ai-platform-first-boot user"]


def test_what_stands_on_it_goes_with_it_and_is_made_anew_on_another_one(made: Registrations) -> None:
    machine = made.one(":Instance", "gpu")
    on_it = [one for one in made.made if one.kind.startswith(("docker:", "command:"))]
    assert {one.name for one in on_it} >= {
        "gpu-role", "gpu-network", "ollama", "ollama-models-pull", "mlflow-bucket-apply", "mlflow-database-apply",
    }  # fmt: skip
    for one in on_it:
        assert one.request.deletedWith.endswith(f"{machine.kind}::gpu"), one.name
        assert one.request.replacement_trigger.string_value == "vm-1", one.name


def test_its_address_stands_in_nothing_that_docker_or_a_command_here_is_given(made: Registrations) -> None:
    """Another address after a start must not replace a container, or run a command again."""
    address = str(RENTED["ipAddress"])
    holding = {one.name for one in made.made if address in json.dumps(one.inputs)}
    assert holding == {"gpu-role"}
    provider = made.one("providers:docker", "docker-gpu").inputs
    assert provider["host"] == "ssh://gpu.test"
    assert json.loads(provider["sshOpts"]) == ["-F", ".state/gpu/test/gpu/ssh_config"]


def test_ssh_finds_it_where_it_is_now(made: Registrations, tmp_path: Path) -> None:
    assert made
    text = (tmp_path / ssh_config.config_file("test", "gpu")).read_text()
    assert f"HostName {RENTED['ipAddress']}" in text
    assert "Port 22022" in text


def test_commands_here_reach_its_services_through_its_login(made: Registrations) -> None:
    for name, port in (("ollama-models-pull", 11434), ("mlflow-bucket-apply", 8333)):
        spec = json.loads(made.command(name).inputs["stdin"])
        assert (spec["url"], spec["docker_host"]) == (f"http://127.0.0.1:{port}", "ssh://gpu.test")


def test_only_ollama_gets_the_cards(made: Registrations) -> None:
    assert {one.name: one.inputs.get("gpus") for one in made.of_kind(":Container")} == {
        "ollama": "all", "postgres": None, "s3": None, "mlflow": None,
    }  # fmt: skip


def test_nothing_is_tied_where_nothing_is_rented(planned: Planner) -> None:
    plan = planned(services={"redis": {"host": "local"}})
    secrets = {"password.redis": pulumi.Output.secret("x")}
    found = run(lambda: Services(plan, HostAccess(plan, {}), secrets))
    assert not any(one.request.deletedWith or one.request.HasField("replacement_trigger") for one in found.made)


def test_a_missing_login_key_is_named_with_the_command_that_makes_it(
    planned: Planner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plan = planned(hosts={"gpu": host(tmp_path)})
    (tmp_path / "key.pub").unlink()
    with pytest.raises(pulumi.RunError, match=r"no such file: \S+key\.pub\n.*ssh-keygen -t ed25519"):
        run(lambda: HostAccess(plan, {}))
