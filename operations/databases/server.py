"""The administrator of a Postgres server, over its local socket: no password is needed, and none stands anywhere.

A server in a container is reached by `docker exec`, one on a host itself over SSH. SQL goes in on standard input.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from subprocess import PIPE
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from operations import ssh
from operations.docker_cli import DockerCli, docker_cli
from operations.failure import Failure
from operations.ssh_login import Login, with_absolute_files
from settings.host import Ssh

SECONDS = 60
SUPERUSER = "postgres"
CLIENT = (
    "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--no-password",
    "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse", f"--username={SUPERUSER}",
)  # fmt: skip
USE_LIST = (
    'list=$(mktemp) && trap \'rm -f "$list"\' EXIT && printf "%s\\n" "$1" >"$list" && shift && "$@" --use-list="$list"'
)
"""pg_restore takes the entries to restore from a file only."""
VALUE = re.compile(r': ".*')
"""What a server quotes of a row that it cannot read; names of things stand in quotes without a colon before them."""
DUMP = ("--no-password", "--format=custom", "--compress=1", f"--username={SUPERUSER}")


class ContainerServer(BaseModel):
    """A server in a container. `container_id` makes another container another specification."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["container"] = "container"
    docker_host: str | None
    ssh_options: tuple[str, ...]
    container: str
    container_id: str = ""


class HostServer(BaseModel):
    """A server on a host itself; `programs` is the folder of its clients, `sockets` that of its sockets."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["host"] = "host"
    stack: str
    name: str
    address: str
    login: Ssh
    programs: str
    sockets: str
    port: int
    generation: str = ""


Server = Annotated[ContainerServer | HostServer, Field(discriminator="kind")]


class Administrator(Protocol):
    """Runs SQL as the superuser of one server, who is nobody's application."""

    place: str

    def sql(self, database: str, text: str, seconds: float = SECONDS) -> str:
        """What psql prints: rows without headings. Raises Failure with the server's first line."""

    def dump(self, database: str, file: Path, seconds: float) -> None:
        """Writes the database, in the custom format of pg_dump, into a file. Raises Failure."""

    def restore(self, file: Path, options: Sequence[str], chosen: str, seconds: float, *, strict: bool = True) -> str:
        """Has pg_restore read a dump; `chosen` are lines of its list, none for all. Raises Failure, unless not strict
        and only single entries failed."""


class ContainerAdministrator:
    """By `docker exec`."""

    def __init__(self, docker: DockerCli, container: str) -> None:
        self._docker, self._container, self.place = docker, container, container

    def sql(self, database: str, text: str, seconds: float = SECONDS) -> str:
        command = ("exec", "-i", self._container, "psql", *CLIENT, f"--dbname={database}")
        done = self._docker.attempt(*command, stdin=text.encode(), timeout=seconds)
        if done.returncode:
            raise refused(self.place, done.stderr.decode(errors="replace"), f"docker logs {self._container}")
        return done.stdout.decode()

    def dump(self, database: str, file: Path, seconds: float) -> None:
        with file.open("wb") as target:
            command = ("exec", self._container, "pg_dump", *DUMP, f"--dbname={database}")
            process = self._docker.start(*command, stdout=target.fileno(), stderr=PIPE)
            _require_dumped(self.place, process, seconds)

    def restore(self, file: Path, options: Sequence[str], chosen: str, seconds: float, *, strict: bool = True) -> str:
        command = ("exec", "-i", self._container, *_restore_command("pg_restore", options, chosen))
        with file.open("rb") as source:
            process = self._docker.start(*command, stdin=source.fileno(), stdout=PIPE, stderr=PIPE)
            return _require_restored(self.place, process, seconds, strict)


class HostAdministrator:
    """By a login on the host."""

    def __init__(self, server: HostServer) -> None:
        ssh_settings = with_absolute_files(server.login)
        self._login = Login(stack=server.stack, name=server.name, address=server.address, ssh=ssh_settings)
        self._programs, self.place = server.programs, server.name
        self._where = (f"--host={server.sockets}", f"--port={server.port}")

    def sql(self, database: str, text: str, seconds: float = SECONDS) -> str:
        command = shlex.join([f"{self._programs}/psql", *CLIENT, *self._where, f"--dbname={database}"])
        patience = min(seconds, ssh.PATIENCE_SECONDS)
        done = asyncio.run(
            ssh.run(self._login, ssh.Command(text=command, stdin=text, seconds=seconds, patience=patience))
        )
        if done.code:
            raise refused(self.place, done.said, f"scripts/host check {self.place} -s {self._login.stack}")
        if done.dropped:
            raise Failure(f"{self.place}: the answer is too long ({done.dropped} bytes more)", "ask for less")
        return done.output

    def dump(self, database: str, file: Path, seconds: float) -> None:
        command = shlex.join([f"{self._programs}/pg_dump", *DUMP, *self._where, f"--dbname={database}"])
        with file.open("wb") as target:
            process = subprocess.Popen([*self._login.command, command], stdin=subprocess.DEVNULL,
                                       stdout=target, stderr=PIPE)  # fmt: skip
            _require_dumped(self.place, process, seconds)

    def restore(self, file: Path, options: Sequence[str], chosen: str, seconds: float, *, strict: bool = True) -> str:
        where = () if "--list" in options else self._where
        command = shlex.join(_restore_command(f"{self._programs}/pg_restore", (*options, *where), chosen))
        with file.open("rb") as source:
            process = subprocess.Popen([*self._login.command, command], stdin=source, stdout=PIPE, stderr=PIPE)
            return _require_restored(self.place, process, seconds, strict)


@contextlib.contextmanager
def administrator(server: ContainerServer | HostServer) -> Iterator[Administrator]:
    """The administrator of a server. Raises Failure where no client is there to reach it with."""
    if isinstance(server, HostServer):
        yield HostAdministrator(server)
        return
    with docker_cli(server.docker_host, server.ssh_options) as docker:
        yield ContainerAdministrator(docker, server.container)


def settings_of(variables: Mapping[str, str]) -> str:
    """Lines that give psql its variables. Raises ValueError for a value that psql would read otherwise."""
    for name, value in variables.items():
        if not name.isidentifier() or not value or set(value) & set("'\\\n\r\0"):
            raise ValueError(f"variable {name} cannot be given to psql")
    return "".join(f"\\set {name} '{value}'\n" for name, value in variables.items())


def refused(place: str, said: str, remedy: str) -> Failure:
    """The server's own words: the line of the error only, since the lines after it may hold values."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = next((line for line in lines if "ERROR:" in line or "FATAL:" in line), lines[0] if lines else "no message")
    return Failure(f"{place}: {VALUE.sub(': (a value)', told)}", remedy)


def _restore_command(program: str, options: Sequence[str], chosen: str) -> list[str]:
    if "--list" in options:
        return [program, *options]
    command = [program, "--no-password", f"--username={SUPERUSER}", *options]
    return ["sh", "-c", USE_LIST, "sh", chosen, *command] if chosen else command


def _require_restored(place: str, process: subprocess.Popen[bytes], seconds: float, strict: bool) -> str:
    try:
        output, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Failure(f"{place}: not restored within {seconds:.0f} s", "look at what the server does") from None
    finally:
        process.kill()
    if process.returncode and (strict or process.returncode != 1):
        raise refused(place, said.decode(errors="replace"), "is the dump whole, and not from a newer Postgres?")
    return output.decode(errors="replace")


def _require_dumped(place: str, process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Failure(f"{place}: no whole dump within {seconds:.0f} s", "look at what the server does") from None
    finally:
        process.kill()
    if process.returncode:
        raise refused(place, said.decode(errors="replace"), "is there room, and does the server answer?")
