"""The processes that a language host has started and must not leave behind."""

import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

GRACE_SECONDS = 4.0  # the engine kills a language host that has not ended 5 s after its interrupt


class Children:
    """Starts processes and, when told to stop, interrupts them, waits a moment and kills what is left.

    They stay in this process's group, so that the engine's interrupt to the group reaches them too.
    """

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def start(
        self, command: Sequence[str], folder: Path, environ: dict[str, str], piped: bool = False
    ) -> subprocess.Popen[bytes]:
        """A new process without standard input; `piped` gives its outputs to the caller instead of ours."""
        output = subprocess.PIPE if piped else None
        child = subprocess.Popen(
            command, cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        with self._lock:
            self._running.add(child)
        return child

    def wait(self, child: subprocess.Popen[bytes]) -> int:
        """Waits for the end of `child` and forgets it; the result is its exit status, -N for signal N."""
        status = child.wait()
        with self._lock:
            self._running.discard(child)
        return status

    def stop(self, children: Sequence[subprocess.Popen[bytes]] | None = None) -> None:
        """Ends the given processes, or all of them, within GRACE_SECONDS."""
        with self._lock:
            chosen = list(self._running if children is None else children)
        for child in chosen:
            child.send_signal(signal.SIGINT)
        for child in chosen:
            try:
                child.wait(timeout=GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
