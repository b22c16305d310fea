"""What colima's virtual machine is: settings it was started with, whether it runs, and what is wrong with it.

The fault colima-broken stands for what a hard reboot may leave behind: status Broken until `colima stop --force`. The
fault colima-in-use is the stale lock of its disk: `colima start` fails until `limactl disk unlock colima` or
`colima stop --force` (abiosoft/colima#381, #1170; lima-vm/lima 7c57f219). What helps removes the fault.
"""

from __future__ import annotations

import json
from pathlib import Path

from .faults import FAULTS, fault
from .tools.vm import answers

HOME = Path.home() / ".colima/default"
ENGINE = HOME / "docker.sock"
SETTINGS = HOME / "colima.json"
GIB = 1024**3
TROUBLES = {
    "colima-broken": "error retrieving current runtime: empty value",
    "colima-in-use": 'error starting vm: failed to run attach disk "colima", in use by instance "colima"',
}


def trouble() -> str | None:
    """What is wrong, in colima's words."""
    return next((text for name, text in TROUBLES.items() if fault(name) is not None), None)


def mend(*names: str) -> None:
    """Take faults away."""
    for name in names:
        (FAULTS / name).unlink(missing_ok=True)


def state() -> str:
    """Running, Stopped or Broken."""
    if fault("colima-broken") is not None:
        return "Broken"
    return "Running" if answers(ENGINE) else "Stopped"


def settings() -> dict[str, int] | None:
    """CPUs, bytes of memory and bytes of disk that it was last started with; None before the first time."""
    if not SETTINGS.exists():
        return None
    found: dict[str, int] = json.loads(SETTINGS.read_text())
    return found


def remember(*, cpus: int, memory_gib: float, disk_gib: int) -> None:
    """Keep what it is started with."""
    HOME.mkdir(parents=True, exist_ok=True)
    SETTINGS.write_text(json.dumps({"cpus": cpus, "memory": int(memory_gib * GIB), "disk": disk_gib * GIB}))
