"""Which steps follow from which specification: one JSON file a case. A step lists its name, function and first
arguments."""

from __future__ import annotations

import json
import plistlib
from pathlib import Path
from typing import Any

import pytest

from components.host_script import Colima, Directory, HostSpec, Ollama, Package
from components.host_script.daemons import colima_daemon, ollama_daemon, wired_limit_daemon
from components.host_script.steps import steps

CASES = sorted(Path(__file__).with_name("cases").glob("*.json"))


def host_spec(values: dict[str, Any]) -> HostSpec:
    nested: dict[str, Any] = dict(values)
    for name, kind in (("ollama", Ollama), ("colima", Colima)):
        if name in nested:
            nested[name] = kind(**nested[name])
    nested["packages"] = tuple(Package(**package) for package in nested.get("packages", ()))
    nested["directories"] = tuple(Directory(**directory) for directory in nested.get("directories", ()))
    return HostSpec(**nested)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_specification_gives_these_steps(case: Path) -> None:
    expected = json.loads(case.read_text())
    spec = host_spec(expected["spec"])
    made = [[step.name, step.function, *step.arguments] for step in steps(spec)]
    assert [step[: len(wanted)] for step, wanted in zip(made, expected["steps"], strict=True)] == expected["steps"]
    assert spec.memory_needed_mb == expected["memory_needed_mb"]


def test_ollama_waits_for_the_wired_limit_and_survives_an_upgrade() -> None:
    spec = HostSpec(user="ai", ollama=Ollama(), wired_limit_mb=17_000)
    keys = plistlib.loads(ollama_daemon(spec, Ollama()).property_list().encode())
    shell, option, script = keys["ProgramArguments"]
    assert (shell, option) == ("/bin/sh", "-c")
    assert "= 17000 ]" in script
    assert script.endswith("exec /opt/homebrew/opt/ollama/bin/ollama serve")


def test_a_service_has_a_home_a_path_a_log_of_its_user_and_more_than_256_files() -> None:
    spec = HostSpec(user="ai", ollama=Ollama(bind="10.0.0.5", keep_alive="-1", parallel=2))
    assert spec.ollama
    keys = plistlib.loads(ollama_daemon(spec, spec.ollama).property_list().encode())
    assert keys["UserName"] == "ai"
    assert keys["EnvironmentVariables"] == {
        "HOME": "/Users/ai",
        "PATH": "/opt/homebrew/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "OLLAMA_HOST": "10.0.0.5:11434",
        "OLLAMA_KEEP_ALIVE": "-1",
        "OLLAMA_NUM_PARALLEL": "2",
        "OLLAMA_CONTEXT_LENGTH": "8192",
        "OLLAMA_FLASH_ATTENTION": "1",
    }
    assert keys["StandardOutPath"] == "/Users/ai/Library/Logs/ai-platform/ollama.log"
    assert keys["SoftResourceLimits"]["NumberOfFiles"] == 65536
    assert keys["KeepAlive"] is True


def test_containers_never_see_the_whole_home() -> None:
    spec = HostSpec(user="ai", colima=Colima())
    program = colima_daemon(spec, Colima()).program
    assert program[-2:] == ("--mount", "/Users/ai/ai-platform:w")


def test_the_wired_limit_is_set_once_at_boot_by_root() -> None:
    keys = plistlib.loads(wired_limit_daemon(17_000).property_list().encode())
    assert keys == {
        "Label": "ai-platform.wired-limit",
        "ProgramArguments": ["/usr/sbin/sysctl", "iogpu.wired_limit_mb=17000"],
        "RunAtLoad": True,
    }
