"""Turning trouble on and off inside a simulated Linux machine (simulators/images/linux/libexec/switch.py)."""

from __future__ import annotations

import subprocess

from simulators.hosts.specification import SimulatorError, container_name

PROGRAM = "/opt/simulator/libexec/switch.py"


def turn(name: str, switch: str, *, on: bool, value: str = "") -> None:
    """Turn one switch of the machine `name`. What a reboot ends, it ends here too. Raises SimulatorError.

    The switches and what `value` means to them are the functions of the program inside.
    """
    command = ["docker", "exec", container_name(name), PROGRAM, switch, "on" if on else "off", *filter(None, [value])]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    if ended.returncode != 0:
        raise SimulatorError(f"simulator {name}: switch {switch}: {ended.stderr.strip() or ended.stdout.strip()}")
