"""The process that serves a kept account: start it, find it, end it. Safe to call from several processes at once."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import requests

from simulators.tensordock.remote import ControlError, Remote

ROOT = Path(__file__).resolve().parents[2]
BUSY = 75
"""What a process ends with when another one serves the account."""
START_S = 60.0
STOP_S = 120.0
ANSWER_S = 10.0
LAST_LINES = 10


def start(folder: Path, *, records: bool = False) -> Remote:
    """The account, which answers. `records`: a new process rents out no containers. Raises ControlError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    process, deadline = None, time.monotonic() + START_S
    while (found := running(folder)) is None:
        if process is None or process.poll() == BUSY:
            process = _launch(folder, records=records)
        if process.poll() not in (None, BUSY) or time.monotonic() > deadline:
            last = _log(folder).read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
            raise ControlError("\n".join(["the simulated TensorDock account does not answer:", *last]))
        time.sleep(0.2)
    return found


def running(folder: Path) -> Remote | None:
    """The account, if its process answers now."""
    remote = Remote(folder.resolve())
    try:
        state = requests.get(f"{remote.url}/_simulator/state", timeout=ANSWER_S).json()
    except (OSError, ValueError, KeyError, requests.RequestException):
        return None
    # Its port may be another account's by now.
    return remote if state.get("folder") == str(remote.folder) else None


def stop(folder: Path) -> bool:
    """Ends the process; the account stays, and so do its machines. False when none ran. Raises ControlError."""
    remote = running(folder)
    if remote is None:
        return False
    process: int = remote.get("state")["pid"]
    os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    while _served(folder):
        if time.monotonic() > deadline:
            raise ControlError(f"process {process} of {folder} goes on after {STOP_S:.0f} s; end it: kill {process}")
        time.sleep(0.1)
    return True


def remove(folder: Path) -> None:
    """Nothing is left of the account: no machine, no bill, no process. Raises ControlError."""
    if not folder.exists():
        return
    remote = start(folder)
    for machine in remote.get("state")["vms"]:
        remote.post(f"vms/{machine['id']}", {"become": "gone"})
    stop(folder)
    shutil.rmtree(folder)


def _launch(folder: Path, *, records: bool) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "simulators.tensordock.daemon", str(folder), *(["--records"] if records else [])]
    with _log(folder).open("a", encoding="utf-8") as sink:
        launched = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )
    # It may live longer than we do; should it not, somebody has to wait for it.
    threading.Thread(target=launched.wait, daemon=True).start()
    return launched


def _log(folder: Path) -> Path:
    return folder / "log"


def _served(folder: Path) -> bool:
    """Whether a process serves the account: it holds the lock as long as it lives."""
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
