"""Runs one command on a host over OpenSSH, with a text on its standard input, and an end in any case.

Only the recorded host key and the configured user key count; no agent is forwarded, nothing is asked, and nothing of
the user's own SSH settings applies.
"""

from __future__ import annotations

import asyncio
import random
import shlex
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from operations.failure import Failure
from operations.host_keys import fingerprints
from operations.ssh_login import CONNECT_SECONDS, Login
from operations.ssh_output import Hear, Output
from operations.ssh_refusal import CUT_OFF, Unreachable, cut_off, refusal, worth_another_try

PATIENCE_SECONDS = 90.0
"""How long a host that starts, or that has too many logins under way, is asked again: starting takes a minute."""
LONGEST_PAUSE = 5.0
HANDSHAKE_SECONDS = CONNECT_SECONDS + 15
"""From the first packet to the running command; sshd's own limit for a login is two minutes."""
GRACE_SECONDS = 30
"""For the host to end by itself what has run out of time, before the connection is given up."""

LOGGED_IN = "ai-platform: logged in"
# sshd makes the command the leader of a process group, and tells it nothing when the connection is gone: the leader
# only gets another parent. So a watcher on the host ends the whole group then, or when its time is up. It goes when the
# leader has ended.
WATCHED = (
    f"echo '{LOGGED_IN}' >&2; "
    "(trap '' HUP TERM; n=0; "
    'while [ "$n" -lt "$1" ]; do sleep 1; parent=$(ps -o ppid= -p $$); '
    '[ -n "$parent" ] || exit 0; [ "$parent" -eq "$PPID" ] || break; n=$((n + 1)); done; '
    "kill -TERM 0; sleep 5; kill -KILL 0) </dev/null >/dev/null 2>&1 & "
    'exec /bin/sh -c "$2"'
)


@dataclass(frozen=True, kw_only=True)
class Command:
    """`text` is for /bin/sh, and may take `seconds`. A host may take `patience` seconds to let one in."""

    text: str
    seconds: float
    stdin: str = field(default="", repr=False)
    patience: float = PATIENCE_SECONDS


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A command that has ended: its exit code, the first megabyte of its output, and how many bytes more there were."""

    code: int
    output: str
    said: str
    dropped: int


async def run(login: Login, command: Command, hear: Hear | None = None) -> Ended:
    """Runs the command on the host; `hear` gets each line of its standard output as it comes.

    A host that refuses or drops the connection is asked again while there is patience, ever more slowly; never one that
    does not answer, or that has another key. Raises SshFailure where no login came about or it was lost, and Failure
    for a command that had to be ended; then all that it had started is dead as well.
    """
    until, pause = time.monotonic() + command.patience, 0.3
    while True:
        attempt = _Attempt(login, hear)
        ended = await attempt.run(command)
        if ended is not None:
            return ended
        if not worth_another_try(attempt.said.text) or time.monotonic() + pause > until:
            # The fingerprints take processes of their own; other hosts go on meanwhile.
            raise await asyncio.to_thread(refusal, login, attempt.said.text, fingerprints)
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  (not a secret: many at once spread out)
        pause = min(pause * 1.5, LONGEST_PAUSE)


class _Attempt:
    """One start of `ssh`."""

    def __init__(self, login: Login, hear: Hear | None) -> None:
        self._login = login
        self._logged_in = asyncio.Event()
        self.output, self.said = Output(hear), Output(self._notice)

    async def run(self, command: Command) -> Ended | None:
        """None when no login came about: `said` tells why."""
        remote = shlex.join(
            ["exec", "/bin/sh", "-c", WATCHED, "ai-platform", str(round(command.seconds)), command.text]
        )
        process = await _start(*self._login.command, remote)
        everything = asyncio.ensure_future(self._everything(process, command.stdin.encode()))
        try:
            if not await self._login_within(everything, HANDSHAKE_SECONDS):
                raise Unreachable(
                    f"{self._login.name} ({self._login.place}) gave no login within {HANDSHAKE_SECONDS} s",
                    "is its sshd overloaded, or something else listening on that port?",
                )
            began = time.monotonic()
            await asyncio.wait({everything}, timeout=command.seconds + GRACE_SECONDS)
            if everything.done():
                everything.result()
            return self._ended(process, time.monotonic() - began >= command.seconds, command.seconds)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await asyncio.wait({everything})

    async def _login_within(self, everything: asyncio.Future[None], seconds: float) -> bool:
        """Whether the command runs, or `ssh` has ended, in time."""
        logged_in = asyncio.ensure_future(self._logged_in.wait())
        either: set[asyncio.Future[Any]] = {everything, logged_in}
        done, _ = await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        logged_in.cancel()
        return bool(done)

    async def _everything(self, process: asyncio.subprocess.Process, stdin: bytes) -> None:
        assert process.stdin and process.stdout and process.stderr  # noqa: S101  (all are pipes)
        await asyncio.gather(
            _feed(process.stdin, stdin), _drain(process.stdout, self.output), _drain(process.stderr, self.said)
        )
        await process.wait()

    def _notice(self, line: str) -> None:
        if line.strip() == LOGGED_IN:
            self._logged_in.set()

    def _ended(self, process: asyncio.subprocess.Process, late: bool, seconds: float) -> Ended | None:
        said = self.said.text.replace(f"{LOGGED_IN}\n", "", 1)
        if late and process.returncode != 0:
            raise Failure(
                f"{self._login.name}: not done within {seconds:.0f} s: ended",
                "look at what the host was doing, then run the same command again",
            )
        if not self._logged_in.is_set():
            return None
        code = process.returncode if process.returncode is not None else -1
        if code == 255 and CUT_OFF.search(said):
            raise cut_off(self._login, said)
        return Ended(code=code, output=self.output.text, said=said, dropped=self.output.dropped + self.said.dropped)


async def _start(*command: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    try:
        # A session of its own: Ctrl-C is for us, who end the client in good order.
        return await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
    except FileNotFoundError:
        raise Failure("there is no ssh on this machine", "install openssh-client") from None


async def _feed(stream: asyncio.StreamWriter, text: bytes) -> None:
    # A command may end without reading all of it; its exit code tells what that means.
    with suppress(BrokenPipeError, ConnectionResetError):
        stream.write(text)
        await stream.drain()
    stream.close()
    with suppress(BrokenPipeError, ConnectionResetError):
        await stream.wait_closed()


async def _drain(stream: asyncio.StreamReader, into: Output) -> None:
    while chunk := await stream.read(65_536):
        into.take(chunk)
