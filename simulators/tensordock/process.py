"""The process that serves a kept account: start it, find it, end it. Safe to call from several processes at once."""

import shutil
from pathlib import Path

import requests

from simulators import background
from simulators.tensordock.remote import Remote

ANSWER_S = 10.0


def start(folder: Path, *, records: bool = False) -> Remote:
    """The account, which answers. `records`: a new process rents out no containers. Raises ControlError."""
    command = ["simulators.tensordock.daemon", str(folder), *(["--records"] if records else [])]
    return background.start("simulated TensorDock account", folder, command, lambda: running(folder))


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
    return background.stop(folder)


def remove(folder: Path) -> None:
    """Nothing is left of the account: no machine, no bill, no process. Raises ControlError."""
    if not folder.exists():
        return
    remote = start(folder)
    for machine in remote.get("state")["vms"]:
        remote.post(f"vms/{machine['id']}", {"become": "gone"})
    stop(folder)
    shutil.rmtree(folder)
