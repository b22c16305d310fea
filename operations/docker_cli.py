"""The docker client on one engine, near or far, with the SSH options that the environment names."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from operations.failure import Failure


class DockerCli:
    """`docker` against `docker_host` (None: this machine's engine). Secrets belong on standard input only."""

    def __init__(self, docker_host: str | None, environment: dict[str, str]) -> None:
        self._host, self._environment = docker_host, environment

    @property
    def place(self) -> str:
        """Whose engine it is, for messages."""
        return self._host or "this machine"

    @property
    def command(self) -> str:
        """How one types the client for this engine."""
        return f"docker -H {self._host}" if self._host else "docker"

    def run(self, *arguments: str, stdin: bytes | None = None, timeout: float = 60) -> str:
        """Standard output of the command. Raises Failure with the client's words when it fails or takes too long."""
        done = self.attempt(*arguments, stdin=stdin, timeout=timeout)
        if done.returncode:
            cause = f"docker {arguments[0]} on {self.place}: {done.stderr.decode(errors='replace').strip()}"
            raise Failure(cause, f"{self.command} info")
        return done.stdout.decode(errors="replace")

    def attempt(
        self, *arguments: str, stdin: bytes | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[bytes]:
        """The finished command, whatever its exit code. Raises Failure when there is no client or no answer."""
        try:
            return subprocess.run(
                ["docker", *arguments], input=stdin, capture_output=True, timeout=timeout, check=False,
                env=self._environment,
            )  # fmt: skip
        except FileNotFoundError:
            raise Failure("there is no docker client on this machine", "run: make up") from None
        except subprocess.TimeoutExpired:
            raise Failure(
                f"docker {arguments[0]} on {self.place} gave no answer in {timeout:.0f} s", f"{self.command} info"
            ) from None

    def inspect(self, *names: str, kind: str = "") -> list[dict[str, Any]]:
        """Those of the named objects that are there; of any kind, or of one such as "volume".

        Raises Failure when the engine cannot say; that others are missing is no fault.
        """
        done = self.attempt(*([kind] if kind else []), "inspect", *names)
        faults = [line for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
        others = [line for line in faults if f"no such {kind or 'object'}" not in line.lower()]
        if done.returncode and (others or not faults):
            cause = " ".join(others) or f"ended with {done.returncode}"
            raise Failure(f"{self.place}: docker inspect: {cause}", f"{self.command} info")
        found: list[dict[str, Any]] = json.loads(done.stdout or b"[]")
        return found

    def start(
        self, *arguments: str, stdin: int | None = None, stdout: int | None = None, stderr: int | None = None
    ) -> subprocess.Popen[bytes]:
        """A running command, for streams too large to hold, and for those that are read as they come."""
        return subprocess.Popen(
            ["docker", *arguments], stdin=stdin, stdout=stdout, stderr=stderr, env=self._environment
        )


@contextlib.contextmanager
def docker_cli(docker_host: str | None, ssh_options: Sequence[str]) -> Iterator[DockerCli]:
    """A client for one engine. The client starts `ssh` by itself, so its options come in through a wrapper on PATH."""
    if docker_host is None:
        yield DockerCli(None, dict(os.environ))
        return
    ssh = shutil.which("ssh")
    if ssh is None:
        raise Failure("there is no ssh on this machine", "install openssh-client")
    with tempfile.TemporaryDirectory(prefix="ai-platform-ssh-") as folder:
        wrapper = Path(folder) / "ssh"
        wrapper.write_text(f'#!/bin/sh\nexec {shlex.join([ssh, *ssh_options])} "$@"\n', encoding="utf-8")
        wrapper.chmod(0o700)
        path = os.pathsep.join([folder, os.environ.get("PATH", "")])
        yield DockerCli(docker_host, {**os.environ, "PATH": path, "DOCKER_HOST": docker_host})
