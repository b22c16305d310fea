"""What a rented machine knows about its own use, and the timer that powers it off when nobody looks after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hosts.file import File
from hosts.linux.unit import Unit
from hosts.step import Step

PROGRAMS = Path(__file__).with_name("programs")
FOLDER = "/etc/ai-platform"
ACTIVITY = "/usr/local/sbin/ai-platform-activity"
DEAD_MAN = "/usr/local/sbin/ai-platform-dead-man"
WEBHOOK_FILE = f"{FOLDER}/dead-man.webhook"
OWNER = "root:root"

SERVICE = f"""\
[Unit]
Description=Powers this rented machine off when nobody looks after it

[Service]
Type=oneshot
ExecStart=-{ACTIVITY} --sample
ExecStart={DEAD_MAN}
ExecStartPost=-/bin/sh -c "systemctl stop ai-platform-unclaimed.timer 2>/dev/null"
TimeoutStartSec=120
"""
# By the time since the start, not by the date: clocks may jump.
TIMER = """\
[Unit]
Description=Looks once a minute whether anybody looks after this rented machine

[Timer]
OnBootSec=1min
OnUnitActiveSec=1min
AccuracySec=1s

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True, kw_only=True)
class DeadMan:
    """`name` is what reports call the machine. `gate_port`: where the gate listens on its loopback; None without one.

    `webhook` is the name of the secret that holds the address to report to; empty for none.
    """

    name: str
    minutes: int
    gate_port: int | None = None
    gpus: bool = True
    webhook: str = ""

    @property
    def files(self) -> tuple[File, ...]:
        """Programs and settings. Also of use to a first boot, which has no secrets: the webhook's file is apart."""
        gate = None if self.gate_port is None else f"http://127.0.0.1:{self.gate_port}"
        return (
            _file(f"{FOLDER}/activity.json", json.dumps({"gate": gate, "gpus": self.gpus}, sort_keys=True) + "\n"),
            _file(f"{FOLDER}/dead-man.json", json.dumps({"minutes": self.minutes, "name": self.name}) + "\n"),
            _file(ACTIVITY, _program("activity.py"), 0o755),
            _file(DEAD_MAN, _program("dead_man.py"), 0o755),
        )

    @property
    def units(self) -> tuple[Unit, ...]:
        """The service, and the timer that starts it."""
        return (
            Unit(name="ai-platform-dead-man.service", content=SERVICE, started=False),
            Unit(name="ai-platform-dead-man.timer", content=TIMER),
        )

    def steps(self) -> Iterator[Step]:
        """First of all steps of a host: what the others install may fail."""
        # Debian has no such folder until something needs it.
        yield Step(f"directory {FOLDER}", 30, "step_directory", (FOLDER, OWNER, "0755", "drwxr-xr-x"))
        yield from (file.step() for file in self.files)
        if self.webhook:
            yield File(path=WEBHOOK_FILE, owner=OWNER, mode=0o600, secret=self.webhook).step()
        yield from (unit.step() for unit in self.units)


def _file(path: str, content: str, mode: int = 0o644) -> File:
    return File(path=path, owner=OWNER, content=content, mode=mode)


def _program(name: str) -> str:
    return (PROGRAMS / name).read_text(encoding="utf-8")
