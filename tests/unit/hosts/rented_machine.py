"""A rented machine in a folder: its files, its clock, and stand-ins for the programs that it has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hosts.linux.dead_man import PROGRAMS

TICKS = os.sysconf("SC_CLK_TCK")
IDLE_CARD = "0, 0, 40, 1000, 24564"


@dataclass
class RentedMachine:
    """Programs print what their file in `said/` holds; `uptime` is this life's seconds."""

    folder: Path
    boot: str = "first"
    started: float = 100.0
    uptime: float = 1000.0
    gate: str | None = None
    minutes: float = 60

    def __post_init__(self) -> None:
        for name in ("bin", "said", "etc/ai-platform", "proc/1", "proc/sys/kernel/random"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("ps", "docker", "nvidia-smi", "systemctl"):
            self.says(name, IDLE_CARD if name == "nvidia-smi" else "")

    def says(self, program: str, text: str, status: int = 0) -> None:
        """From now on the program prints that. Its calls are in `calls`."""
        (self.folder / "said" / program).write_text(text, encoding="utf-8")
        script = self.folder / "bin" / program
        lines = f'echo "{program} $*" >>"{self.folder}/calls"\ncat "{self.folder}/said/{program}"\nexit {status}\n'
        script.write_text(f"#!/bin/sh\n{lines}", encoding="utf-8")
        script.chmod(0o755)

    def lacks(self, program: str) -> None:
        (self.folder / "bin" / program).unlink()

    @property
    def calls(self) -> list[str]:
        file = self.folder / "calls"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def passes(self, seconds: float) -> None:
        self.uptime += seconds

    def restarts(self) -> None:
        """Its memory is empty, its disk is not."""
        self.boot, self.uptime = self.boot + "+", 0.0
        for file in (self.folder / "run/ai-platform").glob("*"):
            file.unlink()

    def activity(self, *arguments: str) -> dict[str, Any]:
        configuration = {"gate": self.gate, "gpus": True}
        (self.folder / "etc/ai-platform/activity.json").write_text(json.dumps(configuration), encoding="utf-8")
        printed = self._run("activity.py", *arguments).stdout
        found: dict[str, Any] = json.loads(printed) if printed else {}
        return found

    def idle(self, *arguments: str) -> dict[str, float]:
        """Idle seconds by source."""
        found = self.activity(*arguments)["sources"]
        return {name: round(source["idle_seconds"]) for name, source in found.items()}

    def minute(self, **configuration: Any) -> subprocess.CompletedProcess[str]:
        """One run of the dead-man timer."""
        settings = {"minutes": self.minutes, "name": "dev-inference/gpu", **configuration}
        (self.folder / "etc/ai-platform/dead-man.json").write_text(json.dumps(settings), encoding="utf-8")
        return self._run("dead_man.py")

    @property
    def powered_off(self) -> bool:
        return "systemctl poweroff" in self.calls

    def command(self, program: str) -> str:
        """A shell command that runs the program here, by this machine's own clock."""
        (self.folder / "proc").joinpath("1/stat").write_text(
            f"1 (init) {' '.join(['S', *['0'] * 20])}\n", encoding="utf-8"
        )
        (self.folder / "proc/uptime").symlink_to("/proc/uptime")
        (self.folder / "etc/ai-platform/activity.json").write_text(json.dumps({"gate": self.gate, "gpus": True}))
        path = f"{self.folder / 'bin'}:/bin:/usr/bin"
        return f"AI_PLATFORM_ROOT={self.folder} PATH={path} {sys.executable} -I -S {PROGRAMS / program}"

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        (self.folder / "proc/uptime").write_text(f"{self.started + self.uptime:.2f} 0.0\n", encoding="ascii")
        (self.folder / "proc/sys/kernel/random/boot_id").write_text(f"{self.boot}\n", encoding="ascii")
        behind = " ".join(["S", *["0"] * 18, str(round(self.started * TICKS)), "0"])
        (self.folder / "proc/1/stat").write_text(f"1 (a (strange) name) {behind}\n", encoding="utf-8")
        environment = {"PATH": str(self.folder / "bin") + ":/bin:/usr/bin", "AI_PLATFORM_ROOT": str(self.folder)}
        if "docker" not in os.listdir(self.folder / "bin"):  # noqa: PTH208  (names are enough)
            environment["PATH"] = f"{self.folder / 'bin'}:{self._tools()}"
        command = [sys.executable, "-I", "-S", str(PROGRAMS / program), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)

    def _tools(self) -> Path:
        """The few tools that the stand-ins need, for a machine that lacks others."""
        folder = self.folder / "tools"
        folder.mkdir(exist_ok=True)
        if not (folder / "cat").exists():
            (folder / "cat").symlink_to("/bin/cat")
        return folder
