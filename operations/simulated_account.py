"""The simulated TensorDock account of this checkout: one process in the background, shared by all its GPU stacks.

What is in the account outlives the process: machines, bill, clock and token are kept in its folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from operations.failure import Failure
from operations.project import ROOT, STATE, state_folder

FOLDER = STATE / "simulators" / "tensordock"
CONTROL = "scripts/run simulators.tensordock"
IMAGE = "gpu-vm"
BUSY = 75
START_S = 60.0
STOP_S = 120.0
ANSWER_S = 10.0


@dataclass(frozen=True)
class SimulatedAccount:
    """An account that answers, and what opens it."""

    base_url: str
    token: str = field(repr=False)
    pid: int

    def environment(self) -> dict[str, str]:
        """What the engine and its plugin are told, so that they use this account."""
        return {"TENSORDOCK_BASE_URL": self.base_url, "TENSORDOCK_API_TOKEN": self.token}

    def machines(self) -> list[dict[str, Any]]:
        """What it rents out at present: id, name, status, micro_usd_hour, ip, ports."""
        found: list[dict[str, Any]] = _state(self.base_url)["vms"]
        return found


def ensure(stack: str, folder: Path = FOLDER) -> SimulatedAccount:
    """The account, running, with its machines' image made; `stack` counts as one of its users until `release`.

    Safe to call from several processes at once. Raises Failure with the last words of a process that did not start.
    """
    users = folder / "users"
    users.mkdir(parents=True, exist_ok=True, mode=0o700)
    (users / stack).touch()
    if found := running(folder):
        return found
    _make_image()
    return _started(folder)


def _started(folder: Path) -> SimulatedAccount:
    log = state_folder("logs") / "simulated-tensordock.log"
    process, deadline = _launch(folder, log), time.monotonic() + START_S
    while not (found := running(folder)):
        if process.poll() == BUSY:
            # Another one serves it, which has just begun or is about to end.
            time.sleep(0.5)
            process = _launch(folder, log)
        if process.poll() not in (None, BUSY) or time.monotonic() > deadline:
            last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:])
            raise Failure(f"the simulated TensorDock account does not answer:\n{last}", f"read {log}, then run again")
        time.sleep(0.1)
    return found


def _launch(folder: Path, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "simulators.tensordock.daemon", str(folder)]
    with log.open("a", encoding="utf-8") as sink:
        return subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )


def running(folder: Path = FOLDER) -> SimulatedAccount | None:
    """The account, if its process answers now."""
    try:
        told = json.loads((folder / "endpoint.json").read_text(encoding="utf-8"))
        state = _state(told["url"])
    except (OSError, ValueError, KeyError, requests.RequestException):
        return None
    if state.get("folder") != str(folder.resolve()):
        return None
    return SimulatedAccount(told["url"], told["token"], state["pid"])


def release(stack: str, folder: Path = FOLDER) -> None:
    """`stack` needs the account no longer; the process ends with its last user, unless it still rents something out."""
    users = folder / "users"
    (users / stack).unlink(missing_ok=True)
    account = running(folder)
    if account is None or any(users.iterdir()):
        return
    if rented := account.machines():
        names = ", ".join(machine["name"] for machine in rented)
        print(f"the simulated TensorDock account goes on: it still rents out {names}. See: {CONTROL} state")
        return
    stop(folder)


def stop(folder: Path = FOLDER) -> bool:
    """Ends the process; the account stays, and so do its machines. False when none ran. Raises Failure."""
    account = running(folder)
    if account is None:
        return False
    os.kill(account.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    while _served(folder):
        if time.monotonic() > deadline:
            raise Failure(
                f"the simulated TensorDock account (process {account.pid}) did not end within {STOP_S:.0f} s",
                f"kill {account.pid}",
            )
        time.sleep(0.1)
    return True


def _served(folder: Path) -> bool:
    """Whether a process serves the account: it holds the lock as long as it lives."""
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _state(url: str) -> dict[str, Any]:
    answer = requests.get(f"{url}/_simulator/state", timeout=ANSWER_S)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _make_image() -> None:
    # Imported here: only development environments simulate anything, and it costs time.
    from toolchain.failures import SETUP_FAILURES  # noqa: PLC0415
    from toolchain.images import ensure_images  # noqa: PLC0415

    try:
        ensure_images([IMAGE])
    except SETUP_FAILURES as error:
        raise Failure(str(error), f"when that is mended: scripts/run toolchain.images {IMAGE}") from error
