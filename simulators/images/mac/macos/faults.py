"""Faults that a test switches on: one file each in /opt/simulator/faults; README.md lists them.

A file's content is the fault's argument (a number of seconds, a formula); an empty file means the default.
"""

from __future__ import annotations

import time
from pathlib import Path

FAULTS = Path("/opt/simulator/faults")


def fault(name: str) -> str | None:
    """The argument of a fault that is on, or None."""
    try:
        return (FAULTS / name).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def seconds(name: str, default: float) -> float:
    """The seconds that a fault asks for: 0 when it is off, `default` when its file is empty."""
    argument = fault(name)
    return 0.0 if argument is None else float(argument or default)


def slow(name: str, default: float) -> None:
    """Take the time that a fault asks for."""
    time.sleep(seconds(name, default))


def concerns(name: str, subject: str) -> bool:
    """Whether a fault is on for this subject; an empty file means every subject."""
    argument = fault(name)
    return argument is not None and argument in {"", subject}
