"""Waits until every endpoint of a stack is healthy."""

from __future__ import annotations

import subprocess
import sys
import time

from operations.failure import Failure
from operations.project import ROOT

LIMIT_SECONDS = 180
PAUSE_SECONDS = 3


def until_healthy(stack: str) -> None:
    """Probes again and again; the last table is shown either way. Raises Failure when the time is over.

    Not how old backups are: that does not get better by waiting.
    """
    command = [str(ROOT / "scripts" / "health"), "-s", stack, "--no-backups"]
    deadline = time.monotonic() + LIMIT_SECONDS
    while True:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode == 0 or time.monotonic() > deadline:
            break
        time.sleep(PAUSE_SECONDS)
    sys.stdout.write(done.stdout)
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise Failure(f"{stack} is up, but not every service is healthy", f"scripts/health -s {stack} --watch")
