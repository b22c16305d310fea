"""The rendered text of a Linux host as a whole."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from hosts.directory import Directory
from hosts.linux.spec import LinuxSpec
from hosts.linux.steps import linux_role
from hosts.linux.unit import Unit
from hosts.linux.user import User
from hosts.package import Package
from hosts.script import render_script, runtime
from planning.firewall import Rule

FULL = LinuxSpec(
    user="admin",
    packages=(Package(name="jq", version="1.6-2.1"),),
    directories=(Directory(path="/srv/it's data", mode=0o750),),
    users=(User(name="anna", authorized_keys=("ssh-ed25519 A a\"b'$(id)",), admin=True),),
    units=(Unit(name="job.timer", content="[Timer]\nOnCalendar=daily\n"),),
    firewall=(Rule(service="redis", port=6379, sources=("10.0.0.0/8",)),),
    container_ports=(6379,),
    docker=True,
    gpu_memory_gb=24,
)
TEXT = render_script(linux_role(FULL))
# Calls through "$@", and programs of other shells in single quotes, are meant.
MEANT = "--exclude=SC2016,SC2317"


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing() -> None:
    command = ["shellcheck", "--shell=sh", MEANT, "-"]
    assert subprocess.run(command, input=TEXT, capture_output=True, text=True, check=False).stdout == ""


def test_a_script_cut_off_anywhere_does_nothing(tmp_path: Path) -> None:
    last_line = TEXT.rindex("main ")
    for cut in [*range(0, last_line, 2999), last_line]:
        command = ["dash", "-s", "apply"]
        result = subprocess.run(command, input=TEXT[:cut], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert result.stdout == "", f"cut at {cut}"


def test_every_function_of_a_step_is_in_the_runtime() -> None:
    library = runtime("linux")
    called = {step.function for step in linux_role(FULL).steps}
    assert all(f"\n{function}() {{" in library for function in called)


def test_no_function_is_defined_twice() -> None:
    defined = [line.split("(")[0] for line in runtime("linux").splitlines() if line.split(" ")[0].endswith("()")]
    assert len(defined) == len(set(defined))


def test_the_script_is_small_enough_for_one_channel_window() -> None:
    assert len(TEXT) < 64_000


def test_the_same_specification_gives_the_same_script() -> None:
    assert render_script(linux_role(FULL)) == TEXT
