"""Scripts on the machine of a far engine, as the user that Docker logs in as."""

from __future__ import annotations

import contextlib
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from operations.model_shell import LOGIN_OPTIONS
from operations.ssh_forward import login_words

IDLE_SECONDS = 30
"""A shared connection ends by itself so long after its last use, also when the one who made it was killed."""


class Login:
    """A shell behind a Docker address such as `ssh://user@host:port`; see `running` in operations/model_shell.py."""

    def __init__(self, docker_host: str, ssh_options: Sequence[str]) -> None:
        self.place = docker_host
        self._command = [*login_words(docker_host, (*ssh_options, *LOGIN_OPTIONS))]

    def share(self, socket: Path) -> None:
        """Opens a connection for all logins that name the socket. Without one each makes its own, and says why not."""
        *command, target = self._command
        master = [*command, "-MNf", "-S", str(socket), "-o", f"ControlPersist={IDLE_SECONDS}", target]
        nothing = subprocess.DEVNULL
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(master, stdin=nothing, stdout=nothing, stderr=nothing, timeout=30, check=False)

    def start(self, script: str, arguments: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
        command = shlex.join(("exec", "/bin/sh", "-c", script, "sh", *arguments))
        return subprocess.Popen([*self._command, command], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@contextlib.contextmanager
def shared_connection(docker_host: str, ssh_options: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The options with which several logins, Docker's own among them, use one connection: one handshake for all."""
    with tempfile.TemporaryDirectory(prefix="ai-platform-ssh-") as folder:
        socket = Path(folder) / "s"
        Login(docker_host, ssh_options).share(socket)
        yield (*ssh_options, "-S", str(socket))
