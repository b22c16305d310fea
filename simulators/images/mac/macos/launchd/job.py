"""One loaded job: its process, its restarts and its end."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import pwd
import signal
import time

from ..faults import seconds
from .definition import Definition
from .process_resources import limit_files, opened_by

DEFAULT_PATH = "/usr/bin:/bin:/usr/sbin:/sbin"
EX_CONFIG = 78


class Job:
    """Keeps the program of a definition as the definition says, until `drain` is called."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.state = "not running"
        self.runs = 0
        self.exit_status: int | None = None
        self.process: asyncio.subprocess.Process | None = None
        self._wanted = asyncio.Event()
        self._restart = False
        self._spawning = False
        self._ending: asyncio.Task[None] | None = None
        self._life = asyncio.create_task(self._live())
        if definition.run_at_load:
            self._wanted.set()

    async def _live(self) -> None:
        while self.state != "SIGTERMed":
            await self._until_wanted()
            started = time.monotonic()
            await self._run_once()
            if not self.definition.restarts.hold(self.exit_status) and not self._restart:
                self._wanted.clear()
            elif not self._restart and self.state != "SIGTERMed":
                self._become("spawn scheduled")
                await asyncio.sleep(max(0.0, self.definition.throttle_seconds - (time.monotonic() - started)))
            self._restart = False

    async def _until_wanted(self) -> None:
        try:
            await asyncio.wait_for(self._wanted.wait(), self.definition.interval_seconds)
        except TimeoutError:
            self._wanted.set()

    async def _run_once(self) -> None:
        self.runs += 1
        self._spawning = True
        try:
            self.process = await self._spawn()
        except (OSError, KeyError):
            # The program, its folder, its log file or its user is not there.
            self.exit_status = EX_CONFIG
            self._become("not running")
            return
        finally:
            self._spawning = False
        self._become("running")
        self.exit_status = await self.process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None
        self._become("not running")

    def _become(self, state: str) -> None:
        # Whoever is told to end stays so.
        if self.state != "SIGTERMed":
            self.state = state

    async def _spawn(self) -> asyncio.subprocess.Process:
        account = pwd.getpwnam(self.definition.user)
        environment = {"PATH": DEFAULT_PATH, "XPC_SERVICE_NAME": self.definition.label}
        if account.pw_uid != 0:
            environment |= {"HOME": account.pw_dir, "USER": account.pw_name, "LOGNAME": account.pw_name}
            environment["SHELL"] = account.pw_shell
        with (
            opened_by(account.pw_uid, self.definition.output) as output,
            opened_by(account.pw_uid, self.definition.errors) as errors,
        ):
            return await asyncio.create_subprocess_exec(
                *self.definition.arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=environment | self.definition.environment,
                cwd=self.definition.working_directory,
                user=account.pw_uid,
                group=account.pw_gid,
                extra_groups=os.getgrouplist(account.pw_name, account.pw_gid),
                start_new_session=True,
                preexec_fn=functools.partial(limit_files, self.definition.open_files),
            )

    def start(self, restart: bool) -> None:
        """Start the program if it does not run; with `restart` end it first."""
        self._wanted.set()
        if restart and self.process is not None:
            self._restart = True
            self._ending = asyncio.create_task(self._end(self.process))

    async def drain(self) -> None:
        """End the program (SIGTERM, then SIGKILL after ExitTimeOut) and never start it again."""
        self.state = "SIGTERMed"
        while self._spawning:
            await asyncio.sleep(0.01)
        await asyncio.sleep(seconds("launchctl-drain", 20))
        if self.process is not None:
            await self._end(self.process)
        self._life.cancel()

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), self.definition.exit_seconds)
            except TimeoutError:
                process.kill()
