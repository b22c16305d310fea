"""A Postgres server of the platform, reached where it runs: its administrator needs no password there."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from operations.failure import Failure
from operations.model_shell import Shell, running

SECONDS = 120.0
PSQL = (
    'if [ -n "$1" ]; then PATH="$1:$PATH" PGHOST=/tmp PGPORT="$2"; export PATH PGHOST PGPORT; fi; shift 2; '
    "PGOPTIONS='-c search_path=pg_catalog -c client_connection_check_interval=2s -c statement_timeout=0"
    " -c idle_in_transaction_session_timeout=0' PGCONNECT_TIMEOUT=15 "
    "exec psql --no-psqlrc --quiet --tuples-only --no-align --no-password --set=ON_ERROR_STOP=1 --username=postgres "
    '--dbname="$1"'
)
WITH_PROGRAMS = 'if [ -n "$1" ]; then PATH="$1:$PATH" PGHOST=/tmp PGPORT="$2"; export PATH PGHOST PGPORT; fi; shift 2\n'
END = "ai-platform:end-of-answer"


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """`shell` is inside its container or on its Mac, where `programs` is the folder of its programs.

    `hint` begins a command that a person can type there. All methods raise Failure, never with the text of a statement.
    """

    service: str
    shell: Shell
    programs: str = ""
    port: int = 5432
    hint: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """First two arguments of every script."""
        return self.programs, str(self.port)

    def ask(self, database: str, sql: str, seconds: float = SECONDS) -> str:
        """Output of the statements, each value on a line."""
        with self.session(database, seconds) as session:
            return session.ask(sql)

    def value(self, database: str, sql: str, seconds: float = SECONDS) -> Any:
        """The one JSON value that the statement gives."""
        return json.loads(self.ask(database, sql, seconds))

    @contextmanager
    def session(self, database: str, seconds: float) -> Iterator[Session]:
        """One connection for several questions, ended at the latest after `seconds`."""
        process = self.shell.start(PSQL, (*self.place, database), subprocess.PIPE)
        late = threading.Timer(seconds, process.kill)
        late.start()
        try:
            with process:
                try:
                    yield Session(self.service, process)
                finally:
                    process.kill()
        finally:
            late.cancel()

    @contextmanager
    def script(
        self, text: str, arguments: Sequence[str], seconds: float, stdin: int = subprocess.DEVNULL
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A script in which the server's own programs are on PATH; its arguments begin at $1."""
        with running(
            self.shell, WITH_PROGRAMS + text, *self.place, *arguments, seconds=seconds, stdin=stdin
        ) as process:
            yield process


class Session:
    """psql, asked again and again."""

    def __init__(self, service: str, process: subprocess.Popen[bytes]) -> None:
        self._service, self._process = service, process

    def ask(self, sql: str) -> str:
        process = self._process
        assert process.stdin and process.stdout and process.stderr  # noqa: S101  (all are pipes)
        try:
            process.stdin.write(f"{sql}\n\\echo {END}\n".encode())
            process.stdin.flush()
        except BrokenPipeError:
            pass
        answer: list[str] = []
        for line in process.stdout:
            text = line.decode(errors="replace").rstrip("\n")
            if text == END:
                return "\n".join(answer)
            answer.append(text)
        # psql repeats the statement behind its message; only the first line is free of values.
        said = process.stderr.read().decode(errors="replace").strip().splitlines()
        raise Failure(f"{self._service}: {said[0] if said else 'the connection was lost'}", "scripts/health")
