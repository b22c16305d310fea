"""A POSIX shell where an Ollama keeps its models: in its container, or on its Mac.

Files travel through it as streams, so they get the owner that the server runs as, and one way serves every host.
"""

from __future__ import annotations

import contextlib
import shlex
import subprocess
import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from hosts.ssh_options import ssh_options
from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.host_docker import host_docker
from operations.model_servers import ModelServer
from operations.ssh_login import Login, login_of

LOGIN_OPTIONS = ("-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4")


class Shell(Protocol):
    """Starts `script` with `arguments` as its $1 and so on; its output goes into pipes, `stdin` is as for Popen."""

    def start(self, script: str, arguments: Sequence[str], stdin: int) -> subprocess.Popen[bytes]: ...


class ContainerShell:
    def __init__(self, docker: DockerCli, container: str) -> None:
        self._docker, self._container = docker, container

    def start(self, script: str, arguments: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
        command = ("exec", "--interactive", self._container, "sh", "-c", script, "sh", *arguments)
        return self._docker.start(*command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class LoginShell:
    """On the host itself. Its login shell may be zsh, which reads quoted words as every shell does."""

    def __init__(self, login: Login) -> None:
        target = ("-p", str(login.ssh.port), f"{login.ssh.user}@{login.address}")
        self._login = ["ssh", *ssh_options(login.ssh), *LOGIN_OPTIONS, *target]

    def start(self, script: str, arguments: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
        command = shlex.join(("exec", "/bin/sh", "-c", script, "sh", *arguments))
        return subprocess.Popen([*self._login, command], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@contextlib.contextmanager
def shell_of(server: ModelServer) -> Iterator[Shell]:
    """A shell that sees the models of the server. Raises Failure for a machine that nobody can log in to."""
    hosts = {server.host_name: server.host}
    if server.container is None and server.host.ssh:
        yield LoginShell(login_of(server.stack, hosts, server.host_name))
    elif server.container:
        with host_docker(server.stack, hosts, server.host_name) as docker:
            yield ContainerShell(docker, server.container)
    else:
        cause = f"the models of {server.service} lie on {server.host_name}, which this command cannot log in to"
        raise Failure(cause, "choose another one: --service NAME")


@contextlib.contextmanager
def running(
    shell: Shell, script: str, *arguments: str, seconds: float, stdin: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """A script at work, ended at the latest after `seconds`; it has ended well when the block is left.

    Raises Failure with the script's own words when it has not.
    """
    process = shell.start(script, arguments, stdin)
    deadline = threading.Timer(seconds, process.kill)
    deadline.start()
    try:
        with process:
            try:
                yield process
            except BaseException:
                process.kill()
                raise
            assert process.stdout and process.stderr  # noqa: S101  (both are pipes)
            process.stdout.close()
            said = process.stderr.read().decode(errors="replace").strip()
        if process.returncode:
            late = "" if deadline.is_alive() else f"not done within {seconds:.1f} s; "
            raise Failure(f"{late}{said or f'it ended with {process.returncode}'}", "run the same command again")
    finally:
        deadline.cancel()
