"""The system domain: which jobs are loaded, which labels are disabled, and the calls of launchctl."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path

from ..faults import fault
from .definition import RefusedError, load
from .disabled import disabled_labels, remember
from .job import Job
from .printed import printed

DAEMONS = Path("/Library/LaunchDaemons")
BUSY = "Bootstrap failed: 5: Input/output error\nTry re-running the command as root for richer errors."

# Nobody is logged in at the screen, so only the system domain is there.
NO_SUCH_DOMAIN = "125: Domain does not support specified action"


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
            raise RefusedError(125, f"Bootstrap failed: {NO_SUCH_DOMAIN}")
        definition = load(Path(path))
        if definition.label in self.jobs or disabled_labels().get(definition.label):
            raise RefusedError(5, BUSY)
        self.jobs[definition.label] = Job(definition)
        if fault("launchctl-bootstrap-5") is not None:
            raise RefusedError(5, BUSY)
        return ""

    def bootout(self, target: str, path: str = "") -> str:
        """Unload a job, named by its label or, after the domain, by its file. Its process may still be ending."""
        if target.startswith(("gui/", "user/")):
            raise RefusedError(125, f"Boot-out failed: {NO_SUCH_DOMAIN}")
        label = load(Path(path)).label if path else _label(target)
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
        return remember(_label(target), disabled=False)

    def disable(self, target: str) -> str:
        """Forbid a label to be loaded, until `enable`."""
        return remember(_label(target), disabled=True)

    def print_disabled(self, _domain: str) -> str:
        """Every label that enable or disable ever named."""
        words = {True: "disabled", False: "enabled"}
        lines = [f'\t"{label}" => {words[disabled]}\n' for label, disabled in disabled_labels().items()]
        return "disabled services = {\n" + "".join(lines) + "}\n"

    def _job(self, target: str, prefix: str) -> Job:
        if target.startswith(("gui/", "user/")):
            domain, uid, *_ = target.split("/")
            raise RefusedError(113, f"{prefix}Could not find domain for user {domain}: {uid}")
        label = _label(target)
        if label not in self.jobs:
            raise RefusedError(113, f'{prefix}Could not find service "{label}" in domain for system')
        return self.jobs[label]


def _label(target: str) -> str:
    domain, _, label = target.partition("/")
    if domain != "system" or not label:
        raise RefusedError(64, f"Unrecognized target specifier: {target}")
    return label
