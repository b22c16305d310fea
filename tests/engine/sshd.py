"""A throwaway SSH server on 127.0.0.1 with its own keys and configuration."""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolchain.debian_packages import ensure_program

START_S = 10


@dataclass
class Sshd:
    """A running server: where it listens, and the keys that belong to it."""

    port: int
    private_key: str
    host_key: str
    log: Path

    def connection(self, **more: object) -> dict[str, object]:
        """The `connection` argument of the remote resources, checked against the server's own key."""
        user = getpass.getuser()
        base = {"host": "127.0.0.1", "port": self.port, "user": user, "private_key": self.private_key}
        return {**base, "host_key": self.host_key, **more}


@contextlib.contextmanager
def running_sshd(folder: Path, settings: str = "", port: int = 0) -> Iterator[Sshd]:
    """Starts a server whose files are in `folder`, which accepts the variable ACCEPTED, and ends it by its id.

    Keys that are there are used again. `settings` are further lines of its configuration; without a port it gets a
    free one.
    """
    ensure_program("sshd", ["openssh-server"])
    for name in ("host", "user"):
        if not (folder / name).exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    port = port or free_port()
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\n"
        "PidFile none\nStrictModes no\nPermitRootLogin yes\nPasswordAuthentication no\nAcceptEnv ACCEPTED\n"
        f"Subsystem sftp internal-sftp\n{settings}\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    log = folder / "log"
    server = subprocess.Popen([shutil.which("sshd") or "sshd", "-D", "-f", config, "-E", log])
    try:
        _wait_for(port, log)
        yield Sshd(port, (folder / "user").read_text(), (folder / "host.pub").read_text().strip(), log)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=START_S)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"sshd does not answer on port {port}:\n{log.read_text() if log.exists() else ''}")
