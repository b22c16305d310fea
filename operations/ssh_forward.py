"""Ports of a far machine's loopback, at hand here as long as they are needed. Nobody else can come in that way."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from typing import IO
from urllib.parse import urlsplit

from operations.failure import USAGE, Failure

HERE = "127.0.0.1"
OPEN_SECONDS = 45.0
"""For a login over the Internet, with the retries of one that is refused at first."""
TRIES = 3
PAUSE_SECONDS = 0.05
END_SECONDS = 5
WATCH = 'cat >/dev/null; kill "$1"'
"""Beside each `ssh`: its input ends with this process, however that ends, and then the way is closed too."""


def login_words(docker_host: str, ssh_options: Sequence[str]) -> tuple[str, ...]:
    """The `ssh` command for a Docker address such as ssh://user@host:port, without what it is to run.

    An address without a port leaves it to the options, of which a configuration file may be one.
    """
    url = urlsplit(docker_host)
    if url.scheme != "ssh" or not url.hostname:
        raise Failure(f"{docker_host} is not reached over SSH", "use ssh://USER@HOST:PORT", USAGE)
    port = ("-p", str(url.port)) if url.port else ()
    return ("ssh", *ssh_options, *port, f"{url.username}@{url.hostname}" if url.username else url.hostname)


@contextlib.contextmanager
def forwarded(login: Sequence[str], ports: Collection[int], *, same: bool = False) -> Iterator[dict[int, int]]:
    """Each port of the far loopback -> the port of 127.0.0.1 that leads there; the same one where `same` and free.

    `login` is an `ssh` command that logs in. Raises Failure when nobody lets it in.
    """
    with tempfile.TemporaryFile() as said:
        way, here = _open(login, ports, said, same=same)
        try:
            yield here
        finally:
            way.end()


@contextlib.contextmanager
def reached(url: str, docker_host: str | None, ssh_options: Sequence[str]) -> Iterator[str]:
    """An address for `url`, which holds on the machine behind that Docker address; `url` itself where there is none."""
    if docker_host is None:
        yield url
        return
    port = urlsplit(url).port or 80
    with forwarded(login_words(docker_host, ssh_options), [port]) as here:
        yield f"{urlsplit(url).scheme}://{HERE}:{here[port]}"


class _Way:
    """One `ssh` that forwards and runs no command: so it is nobody's login on a machine that looks for idleness."""

    def __init__(self, command: Sequence[str], said: IO[bytes]) -> None:
        nothing = subprocess.DEVNULL
        self._ssh = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=said, start_new_session=True)
        watch = ("sh", "-c", WATCH, "sh", str(self._ssh.pid))
        self._watcher = subprocess.Popen(
            watch, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing, start_new_session=True
        )

    def listens(self, ports: Sequence[int]) -> bool:
        """Whether all ports lead somewhere before the time is over; `ssh` listens once it is logged in."""
        until = time.monotonic() + OPEN_SECONDS
        while self._ssh.poll() is None and time.monotonic() < until:
            if not any(is_free(port) for port in ports):
                return self._ssh.poll() is None
            time.sleep(PAUSE_SECONDS)
        return False

    def end(self) -> None:
        # First of all who would kill a process by its number, which may be another one's afterwards.
        self._watcher.kill()
        self._watcher.communicate()
        self._ssh.terminate()
        try:
            self._ssh.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._ssh.kill()
            self._ssh.wait()


def _open(login: Sequence[str], ports: Collection[int], said: IO[bytes], *, same: bool) -> tuple[_Way, dict[int, int]]:
    # A port that was free a moment ago may be somebody else's by now.
    for _ in range(TRIES):
        here = {port: port if same and is_free(port) else _free_port() for port in sorted(ports)}
        options = [word for far, near in here.items() for word in ("-L", f"{HERE}:{near}:{HERE}:{far}")]
        *command, target = login
        said.seek(0)
        said.truncate()
        way = _Way([*command, "-N", "-T", "-o", "ExitOnForwardFailure=yes", *options, target], said)
        if way.listens(list(here.values())):
            return way, here
        way.end()
        said.seek(0)
        words = said.read(4096).decode(errors="replace").strip()
        if "forward" not in words:
            break
    place = login[-1]
    raise Failure(f"no way through {place}: {words or f'no answer in {OPEN_SECONDS:.0f} s'}", "is the machine on?")


def is_free(port: int) -> bool:
    """Whether nothing listens on that port of 127.0.0.1: a way that was lost leaves it so."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port: int = probe.getsockname()[1]
        return port
