"""The system domain: which jobs are loaded, which labels are disabled, and the calls of launchctl."""

from __future__ import annotations

import asyncio
import inspect
import plistlib
from collections.abc import Callable
from pathlib import Path

from .definition import RefusedError, load
from .job import Job
from .printed import printed

DAEMONS = Path("/Library/LaunchDaemons")
# The answers given by `enable` and `disable`; they outlive the property list and a reboot.
DISABLED = Path("/var/db/com.apple.xpc.launchd/disabled.plist")
BUSY = "Bootstrap failed: 5: Input/output error\nTry re-running the command as root for richer errors."


class Domain:
    """Holds every loaded job. A method is one subcommand: it returns what it prints, or raises RefusedError."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self._draining: set[asyncio.Task[None]] = set()

    def boot(self) -> None:
        """Load what lies in /Library/LaunchDaemons, as at the start of the machine."""
        for path in sorted(DAEMONS.glob("*.plist")):
            try:
                self.bootstrap("system", str(path))
            except RefusedError as refused:
                print(f"launchd: {path}: {refused.text}", flush=True)

    async def shutdown(self) -> None:
        """End every job, each within its ExitTimeOut."""
        await asyncio.gather(*(job.drain() for job in self.jobs.values()))

    def call(self, arguments: list[str], uid: int) -> str:
        """Run one launchctl command line. Raises RefusedError."""
        commands: dict[str, Callable[..., str]] = {
            "bootstrap": self.bootstrap,
            "bootout": self.bootout,
            "print": self.print,
            "kickstart": self.kickstart,
            "enable": self.enable,
            "disable": self.disable,
            "print-disabled": self.print_disabled,
        }
        name, *rest = arguments or [""]
        if name not in commands:
            raise RefusedError(64, f"Unrecognized subcommand: {name}")
        if uid != 0 and not name.startswith("print"):
            raise RefusedError(1, f"{name}: Operation not permitted (root is needed)")
        command = commands[name]
        try:
            inspect.signature(command).bind(*rest)
        except TypeError as wrong_count:
            raise RefusedError(64, f"Usage: launchctl {name} ...") from wrong_count
        return command(*rest)

    def bootstrap(self, domain: str, path: str) -> str:
        """Load a property list; start its program if it says so."""
        if domain != "system":
            raise RefusedError(125, "Bootstrap failed: 125: Domain does not support specified action")
        definition = load(Path(path))
        if definition.label in self.jobs or self._disabled().get(definition.label):
            raise RefusedError(5, BUSY)
        self.jobs[definition.label] = Job(definition)
        return ""

    def bootout(self, target: str) -> str:
        """Unload a job. Returns before its process is gone, as launchctl does."""
        label = _label(target)
        job = self.jobs.get(label)
        if job is None:
            raise RefusedError(3, "Boot-out failed: 3: No such process")
        if job.state == "SIGTERMed":
            raise RefusedError(36, "Boot-out failed: 36: Operation now in progress")
        draining = asyncio.create_task(self._drain(label, job))
        self._draining.add(draining)
        draining.add_done_callback(self._draining.discard)
        return ""

    async def _drain(self, label: str, job: Job) -> None:
        await job.drain()
        del self.jobs[label]

    def print(self, target: str) -> str:
        """The job's state as text."""
        return printed(self._job(target, "Bad request.\n"))

    def kickstart(self, *arguments: str) -> str:
        """Start a job now; `-k` ends it first. The property list is not read again."""
        self._job(arguments[-1], "").start(restart="-k" in arguments[:-1])
        return ""

    def enable(self, target: str) -> str:
        """Allow a label to be loaded."""
        return self._remember(_label(target), disabled=False)

    def disable(self, target: str) -> str:
        """Forbid a label to be loaded, until `enable`."""
        return self._remember(_label(target), disabled=True)

    def print_disabled(self, _domain: str) -> str:
        """Every label that enable or disable ever named."""
        words = {True: "disabled", False: "enabled"}
        lines = [f'\t"{label}" => {words[disabled]}\n' for label, disabled in self._disabled().items()]
        return "disabled services = {\n" + "".join(lines) + "}\n"

    def _job(self, target: str, prefix: str) -> Job:
        label = _label(target)
        if label not in self.jobs:
            raise RefusedError(113, f'{prefix}Could not find service "{label}" in domain for system')
        return self.jobs[label]

    def _disabled(self) -> dict[str, bool]:
        return plistlib.loads(DISABLED.read_bytes()) if DISABLED.exists() else {}

    def _remember(self, label: str, *, disabled: bool) -> str:
        DISABLED.write_bytes(plistlib.dumps(self._disabled() | {label: disabled}))
        return ""


def _label(target: str) -> str:
    domain, _, label = target.partition("/")
    if domain != "system" or not label:
        raise RefusedError(64, f"Unrecognized target specifier: {target}")
    return label
