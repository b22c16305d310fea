"""Property lists of LaunchDaemons: launchd.plist(5), kept in /Library/LaunchDaemons and started before any login."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from hosts.mac.places import HOMEBREW
from hosts.step import Step

LABEL_PREFIX = "ai-platform."
# launchd gives a daemon neither Homebrew nor a home.
DAEMON_PATH = f"{HOMEBREW}/bin:/usr/bin:/bin:/usr/sbin:/sbin"


@dataclass(frozen=True, kw_only=True)
class LaunchDaemon:
    """One daemon. `user` empty means root.

    With `every_seconds` its program runs at boot and then so often; without it one of a user runs for ever, and one of
    root once at boot. The file is readable by everybody, so `environment` holds no secrets. `exit_seconds` is the time
    between SIGTERM and SIGKILL.
    """

    name: str
    program: tuple[str, ...]
    user: str = ""
    home: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    exit_seconds: int = 30
    every_seconds: int = 0

    @property
    def label(self) -> str:
        """Name of the job in launchd's system domain."""
        return LABEL_PREFIX + self.name

    @property
    def path(self) -> str:
        """Where the property list lies."""
        return f"/Library/LaunchDaemons/{self.label}.plist"

    @property
    def log(self) -> str:
        """The log, in a folder of the user: launchd opens it with the user's rights. Empty for root's."""
        return f"{log_directory(self.home)}/{self.name}.log" if self.user else ""

    def property_list(self) -> str:
        """The file's text."""
        keys: dict[str, object] = {
            "Label": self.label,
            "ProgramArguments": list(self.program),
            "RunAtLoad": True,
        }
        if self.user:
            keys |= self._of_user()
        if self.every_seconds:
            keys["StartInterval"] = self.every_seconds
        elif self.user:
            keys |= self._long_running()
        return plistlib.dumps(keys, sort_keys=False).decode()

    def step(self, seconds: int, probe: tuple[str, ...], *, before: tuple[str, ...] = (), reads: str = "") -> Step:
        """Has it loaded, and waits so many seconds for `probe` (a shell function and its arguments) to succeed.

        `before` is the service's own step function with arguments that come first; `reads` names files, one a line,
        which the program reads when it starts: once one of them is newer it is started again.
        """
        function, *first = before or ("step_daemon",)
        daemon = (self.label, self.path, self.property_list(), self.log, str(self.exit_seconds), reads)
        return Step(f"service {self.name}", seconds, function, (*first, *daemon, *probe), shown=self.property_list())

    def _of_user(self) -> dict[str, object]:
        return {
            "UserName": self.user,
            "WorkingDirectory": self.home,
            "EnvironmentVariables": {"HOME": self.home, "PATH": DAEMON_PATH, **self.environment},
            "StandardOutPath": self.log,
            "StandardErrorPath": self.log,
        }

    def _long_running(self) -> dict[str, object]:
        files = {"NumberOfFiles": 65536}
        return {
            "KeepAlive": True,
            "ThrottleInterval": 10,
            "ExitTimeOut": self.exit_seconds,
            # Without it launchd throttles CPU and I/O.
            "ProcessType": "Interactive",
            # The default is 256 open files.
            "SoftResourceLimits": files,
            "HardResourceLimits": files,
        }


def log_directory(home: str) -> str:
    """Folder of the daemons' logs in a user's home."""
    return f"{home}/Library/Logs/ai-platform"
