"""Property lists of LaunchDaemons: launchd.plist(5), kept in /Library/LaunchDaemons and started before any login."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from components.host_script.spec import HOMEBREW

LABEL_PREFIX = "ai-platform."
# launchd gives a daemon neither Homebrew nor a home.
DAEMON_PATH = f"{HOMEBREW}/bin:/usr/bin:/bin:/usr/sbin:/sbin"


@dataclass(frozen=True, kw_only=True)
class LaunchDaemon:
    """One daemon. `user` empty means root and a program that runs once at boot instead of for ever.

    The file is readable by everybody, so `environment` holds no secrets. `exit_seconds` is the time between
    SIGTERM and SIGKILL.
    """

    name: str
    program: tuple[str, ...]
    user: str = ""
    home: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    exit_seconds: int = 30

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
            keys |= self._long_running()
        return plistlib.dumps(keys, sort_keys=False).decode()

    def _long_running(self) -> dict[str, object]:
        files = {"NumberOfFiles": 65536}
        return {
            "UserName": self.user,
            "WorkingDirectory": self.home,
            "EnvironmentVariables": {"HOME": self.home, "PATH": DAEMON_PATH, **self.environment},
            "KeepAlive": True,
            "ThrottleInterval": 10,
            "ExitTimeOut": self.exit_seconds,
            # Without it launchd throttles CPU and I/O.
            "ProcessType": "Interactive",
            # The default is 256 open files.
            "SoftResourceLimits": files,
            "HardResourceLimits": files,
            "StandardOutPath": self.log,
            "StandardErrorPath": self.log,
        }


def log_directory(home: str) -> str:
    """Folder of the daemons' logs in a user's home."""
    return f"{home}/Library/Logs/ai-platform"
