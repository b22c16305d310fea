"""Connections to a remote daemon: each one is a local `ssh` that runs `docker system dial-stdio` over there."""

import socket
import subprocess
import threading
from collections.abc import Sequence

_REASON_LIMIT = 4096  # bytes of what ssh says that are kept
_END_TIMEOUT = 2.0  # seconds until an ssh whose connection broke has told why


class SshDialer:
    """Starts one `ssh` per connection, with the user's options, as Docker's own command line does.

    Owns those processes: each ends when its connection is closed. Never asks for a password or a host key,
    because it has no terminal.
    """

    def __init__(self, host: str, user: str | None, port: int | None, options: Sequence[str]) -> None:
        self.command = ssh_command(host, user, port, options)
        self._last_failure = ""
        self._watch: threading.Thread | None = None

    def __call__(self, timeout: float | None) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                self.command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        ours.settimeout(timeout)
        self._watch = threading.Thread(target=self._await_end, args=(process,), daemon=True)
        self._watch.start()
        return ours

    def failure(self) -> str:
        """Why the latest `ssh` that failed did so; empty where none did."""
        if self._watch is not None:
            self._watch.join(_END_TIMEOUT)
        return self._last_failure

    def _await_end(self, process: subprocess.Popen[bytes]) -> None:
        if process.stderr is None:
            raise RuntimeError("ssh was started without a pipe for its messages")
        said = b""
        with process.stderr as messages:
            for line in messages:
                said = (said + line)[-_REASON_LIMIT:]
        if process.wait() != 0 and said:
            reason = said.decode(errors="replace").strip()
            self._last_failure = f"ssh ended with status {process.returncode}: {reason}"


def ssh_command(host: str, user: str | None, port: int | None, options: Sequence[str]) -> list[str]:
    """The command line of one connection: the user's options, a connect deadline, no terminal."""
    limited = any("connecttimeout" in option.lower() for option in options)
    deadline = [] if limited else ["-o", "ConnectTimeout=30"]
    login = (["-l", user] if user else []) + (["-p", str(port)] if port else [])
    return ["ssh", *options, *deadline, "-T", *login, "--", host, "docker", "system", "dial-stdio"]
