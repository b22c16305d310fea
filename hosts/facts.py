"""What a machine is, read and not changed: architecture, system, memory, disk, tools, Docker, clock."""

from __future__ import annotations

import shlex
from typing import Literal

from hosts.script import RUNTIME, runtime
from hosts.step import Step

Platform = Literal["mac", "linux"]

CLOCK = "clock"
TOOLS = ("curl", "git", "rsync", "python3", "jq", "zstd")
COMMON = (
    Step("login", 10, "fact_login"),
    Step("uptime", 10, "fact_uptime"),
    Step(CLOCK, 10, "fact_clock"),
    Step("tools", 10, "fact_tools", TOOLS),
    Step("docker", 20, "fact_docker"),
    Step("lock", 10, "fact_lock"),
)
MACHINE = (
    Step("system", 10, "fact_system"),
    Step("processor", 10, "fact_processor"),
    Step("memory", 10, "fact_memory"),
)
OF_PLATFORM: dict[Platform, tuple[Step, ...]] = {
    "mac": (
        *MACHINE,
        Step("disk", 10, "fact_disk", ("/", "/System/Volumes/Data")),
        *COMMON,
        Step("homebrew", 20, "fact_homebrew"),
        Step("FileVault", 10, "fact_file_vault"),
        Step("power", 10, "fact_power"),
    ),
    "linux": (
        *MACHINE,
        Step("disk", 10, "fact_disk", ("/", "/var", "/home")),
        *COMMON,
        Step("gpu", 20, "fact_gpu"),
        Step("reboot", 10, "fact_reboot"),
        Step("encryption", 10, "fact_encryption"),
    ),
}


def facts_script(platform: Platform) -> str:
    """A script for `login_command("check")` that reports one step a fact. It needs no right and takes no lock."""
    functions = "\n".join(
        (RUNTIME / "facts" / f"{part}.sh").read_text(encoding="utf-8") for part in ("common", platform)
    )
    calls = (
        ("run_step", fact.name, str(fact.seconds), fact.function, *fact.arguments) for fact in OF_PLATFORM[platform]
    )
    host = "host() {\n" + "".join(f"    {shlex.join(call)}\n" for call in calls) + "}\n"
    return "\n".join([runtime(platform), functions, host, 'main "$@" </dev/null\n'])
