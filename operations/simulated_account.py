"""The simulated TensorDock account of this checkout: one process in the background, shared by all its GPU stacks.

What is in the account outlives the process: machines, bill, clock and token are kept in its folder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from operations.failure import Failure
from operations.project import STATE

FOLDER = STATE / "simulators" / "tensordock"
CONTROL = "scripts/gpu-simulator"
IMAGE = "gpu-vm"


@dataclass(frozen=True)
class SimulatedAccount:
    """An account that answers, and what opens it."""

    base_url: str
    token: str = field(repr=False)
    folder: Path

    def environment(self) -> dict[str, str]:
        """What the engine and its plugin are told, so that they use this account."""
        return {"TENSORDOCK_BASE_URL": self.base_url, "TENSORDOCK_API_TOKEN": self.token}

    def machines(self) -> list[dict[str, Any]]:
        """What it rents out at present: id, name, status, micro_usd_hour, ip, ports."""
        from simulators.tensordock.remote import Remote  # noqa: PLC0415 - as below

        found: list[dict[str, Any]] = Remote(self.folder).get("state")["vms"]
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
    # Imported here, as everywhere in this file: only development environments simulate anything.
    from simulators.tensordock import process  # noqa: PLC0415
    from simulators.tensordock.remote import ControlError  # noqa: PLC0415

    try:
        process.start(folder)
    except ControlError as error:
        raise Failure(str(error), f"read {folder / 'log'}, then run the same command again") from error
    if found := running(folder):
        return found
    raise Failure("the simulated TensorDock account ended as soon as it answered", f"read {folder / 'log'}")


def running(folder: Path = FOLDER) -> SimulatedAccount | None:
    """The account, if its process answers now."""
    from simulators.tensordock import process  # noqa: PLC0415

    remote = process.running(folder)
    return SimulatedAccount(remote.url, remote.token, remote.folder) if remote else None


def release(stack: str, folder: Path = FOLDER) -> None:
    """`stack` needs the account no longer; the process ends with its last user, unless it still rents something out.

    Raises Failure for a process that does not end.
    """
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
    from simulators.tensordock import process  # noqa: PLC0415
    from simulators.tensordock.remote import ControlError  # noqa: PLC0415

    try:
        return process.stop(folder)
    except ControlError as error:
        raise Failure(str(error), f"{CONTROL} stop") from error


def _make_image() -> None:
    from toolchain.failures import SETUP_FAILURES  # noqa: PLC0415
    from toolchain.images import ensure_images  # noqa: PLC0415

    try:
        ensure_images([IMAGE])
    except SETUP_FAILURES as error:
        raise Failure(str(error), f"when that is mended: scripts/run toolchain.images {IMAGE}") from error
