"""Which steps follow from which specification of a Linux host: one JSON file a case. A step lists its name, function
and first arguments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hosts.directory import Directory
from hosts.linux.spec import LinuxSpec
from hosts.linux.steps import linux_role
from hosts.linux.unit import Unit
from hosts.linux.user import User
from hosts.package import Package
from planning.firewall import Rule

CASES = sorted(Path(__file__).with_name("cases").glob("linux/steps/*.json"))
PARTS = {"packages": Package, "directories": Directory, "users": User, "units": Unit, "firewall": Rule}


def specification(values: dict[str, Any]) -> LinuxSpec:
    nested = {name: tuple(PARTS[name](**part) for part in values.get(name, ())) for name in PARTS}
    return LinuxSpec(**{**values, **nested})


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_specification_gives_these_steps(case: Path) -> None:
    expected = json.loads(case.read_text())
    role = linux_role(specification(expected["spec"]))
    made = [[step.name, step.function, *step.arguments] for step in role.steps]
    assert [step[: len(wanted)] for step, wanted in zip(made, expected["steps"], strict=True)] == expected["steps"]
    assert list(role.needs) == expected["needs"]


def test_the_firewall_stands_before_the_engine_publishes_a_port() -> None:
    names = [step.name for step in linux_role(LinuxSpec(user="ai", docker=True)).steps]
    assert names.index("firewall") < names.index("unit ai-platform-firewall.service") < names.index("docker engine")


def test_an_account_that_is_no_admin_has_no_file_for_sudo() -> None:
    for admin in (True, False):
        step = User(name="anna", authorized_keys=(" ssh-ed25519 A anna ",), admin=admin).step()
        sudoers = "anna ALL=(ALL) NOPASSWD:ALL\n" if admin else ""
        assert step.arguments == ("anna", "ssh-ed25519 A anna\n", "/etc/sudoers.d/ai-platform-anna", sudoers)


def test_settings_of_the_kernel_win_over_ours() -> None:
    role = linux_role(LinuxSpec(user="ai", sysctl={"vm.overcommit_memory": "2", "vm.swappiness": "1"}))
    shown = next(step.shown for step in role.steps if step.name == "sysctl")
    assert shown.splitlines() == [
        "fs.inotify.max_user_instances = 1024",
        "net.core.somaxconn = 4096",
        "vm.overcommit_memory = 2",
        "vm.swappiness = 1",
    ]
