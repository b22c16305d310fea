"""Logging in to a simulated machine with the real ssh client."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from simulators.hosts.identity import Identity
from simulators.hosts.specification import USER, SimulatorError, Specification

LOGIN_SECONDS = 30.0


def ssh_options(keys: Identity) -> list[str]:
    """Options of ssh: only this key, only this host key, no question, no settings of the user's own."""
    settings = {
        "UserKnownHostsFile": keys.known_hosts,
        "StrictHostKeyChecking": "yes",
        "IdentitiesOnly": "yes",
        "BatchMode": "yes",
        "ConnectTimeout": 5,
    }
    options = [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]
    return ["-F", "none", "-i", str(keys.client_key), *options]


def wait_for_login(specification: Specification, keys: Identity, runs: Callable[[], bool]) -> None:
    """Return after the first login that works. Raises SimulatorError with ssh's last words.

    `runs` says whether the machine still runs: nobody waits for one that has ended.
    """
    target = [*ssh_options(keys), "-p", str(specification.ssh_port), f"{USER}@{specification.address}", "true"]
    deadline = time.monotonic() + LOGIN_SECONDS
    while True:
        login = subprocess.run(
            ["ssh", *target], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=15, check=False
        )
        if login.returncode == 0:
            return
        if time.monotonic() > deadline or not runs():
            raise SimulatorError(
                f"simulator {specification.name}: no login at {specification.address}:{specification.ssh_port} "
                f"(deadline {LOGIN_SECONDS:.0f} s): {login.stderr.strip()}. "
                f"See: {specification.kind.log.format(specification.container)}"
            )
        time.sleep(0.1)
