"""The process that serves a kept account: start it, find it, end it. Safe to call from several processes at once.

daemon.py is what such a process does with its folder.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from simulators.daemon import BUSY, LOCK, served

ROOT = Path(__file__).resolve().parents[1]
START_S = 60.0
STOP_S = 120.0
LAST_LINES = 10
Found = TypeVar("Found")


class ControlError(Exception):
    """The account does not answer, or refuses; the text says why and what to do."""


def start(noun: str, folder: Path, command: Sequence[str], running: Callable[[], Found | None]) -> Found:
    """What `running` finds, once it does; `command` is a module with its arguments. Raises ControlError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    process, deadline = None, time.monotonic() + START_S
    while (found := running()) is None:
        if process is None or process.poll() == BUSY:
            process = _launch(folder, command)
        if process.poll() not in (None, BUSY) or time.monotonic() > deadline:
            last = _log(folder).read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
            raise ControlError("\n".join([f"the {noun} does not answer:", *last]))
        time.sleep(0.2)
    return found


def stop(folder: Path) -> bool:
    """Ends the process; the account stays. False when none ran. Raises ControlError."""
    if not served(folder):
        return False
    process = int((folder / LOCK).read_text(encoding="utf-8"))
    os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    while served(folder):
        if time.monotonic() > deadline:
            raise ControlError(f"process {process} of {folder} goes on after {STOP_S:.0f} s; end it: kill {process}")
        time.sleep(0.1)
    return True


def _launch(folder: Path, command: Sequence[str]) -> subprocess.Popen[bytes]:
    with _log(folder).open("a", encoding="utf-8") as sink:
        launched = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=sink,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    # It may live longer than we do; should it not, somebody has to wait for it.
    threading.Thread(target=launched.wait, daemon=True).start()
    return launched


def _log(folder: Path) -> Path:
    return folder / "log"
