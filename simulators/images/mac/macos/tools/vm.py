"""The virtual machine behind colima: a real Docker engine of this container. Run by root."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from ..bsd import HIDDEN

PID_FILE = Path("/run/simulator/dockerd.pid")
LOG = Path("/var/log/simulator/dockerd.log")
DEADLINE_SECONDS = 60.0
# Networks that the engine outside does not use.
BRIDGE = "192.168.97.1/24"
POOL = "base=192.168.128.0/17,size=24"


def main(arguments: list[str]) -> int:
    """`start SOCKET` returns when the engine answers, `stop` when it is gone."""
    if arguments[0] == "stop":
        return _stop()
    engine = Path(arguments[1])
    return 0 if _running() and answers(engine) else _start(engine)


def _running() -> bool:
    return PID_FILE.exists() and Path(f"/proc/{PID_FILE.read_text()}/comm").exists()


def _start(engine: Path) -> int:
    _stop()
    engine.unlink(missing_ok=True)
    options = {"host": f"unix://{engine}", "group": "staff", "pidfile": str(PID_FILE)}
    options |= {"bip": BRIDGE, "default-address-pool": POOL}
    command = ["/usr/sbin/dockerd", *(f"--{name}={value}" for name, value in options.items())]
    # Jobs of launchd start with few files; the engine and what it starts need more.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with LOG.open("ab") as log:
        daemon = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=os.environ | {"PATH": f"{HIDDEN}:/usr/sbin:/usr/bin"},
        )
    deadline = time.monotonic() + DEADLINE_SECONDS
    while daemon.poll() is None and time.monotonic() < deadline:
        if answers(engine):
            return 0
        time.sleep(0.05)
    daemon.kill()
    print(f"the engine did not start in {DEADLINE_SECONDS:.0f} s, see {LOG}", file=sys.stderr)
    return 1


def _stop() -> int:
    if not _running():
        PID_FILE.unlink(missing_ok=True)
        return 0
    process = int(PID_FILE.read_text())
    os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while Path(f"/proc/{process}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return 0


def answers(engine: Path) -> bool:
    """Whether a Docker engine answers on this socket."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(engine))
            connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False
