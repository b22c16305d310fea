"""A job as its property list defines it."""

from __future__ import annotations

import plistlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

# What launchd gives a job that does not ask (reports of daemons that ran out of files on macOS).
DEFAULT_OPEN_FILES = 256


class RefusedError(Exception):
    """launchctl's answer to a call that fails: a code, and the text that goes with it."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Restarts(StrEnum):
    """After which ends launchd starts the program again (KeepAlive)."""

    NEVER = "never"
    ALWAYS = "always"
    AFTER_SUCCESS = "after success"
    AFTER_FAILURE = "after failure"

    def hold(self, status: int | None) -> bool:
        """Whether a program that ended with this status is to be started again."""
        if self in {Restarts.AFTER_SUCCESS, Restarts.AFTER_FAILURE}:
            return (status == 0) == (self is Restarts.AFTER_SUCCESS)
        return self is Restarts.ALWAYS


@dataclass(frozen=True)
class Definition:
    """The keys of a property list that this launchd acts on."""

    path: Path
    label: str
    arguments: tuple[str, ...]
    user: str
    environment: dict[str, str]
    run_at_load: bool
    restarts: Restarts
    interval_seconds: int | None
    open_files: int
    process_type: str
    throttle_seconds: int
    exit_seconds: int
    working_directory: str
    output: str
    errors: str


def load(path: Path) -> Definition:
    """Read a property list. Raises RefusedError as launchd does: 5 for a bad file, 122 for bad ownership."""
    if not path.exists():
        raise RefusedError(5, "Bootstrap failed: 5: Input/output error")
    status = path.stat()
    if status.st_uid != 0 or status.st_mode & 0o022:
        raise RefusedError(122, "Bootstrap failed: 122: Path had bad ownership/permissions")
    try:
        keys: dict[str, Any] = plistlib.loads(path.read_bytes())
        return _definition(path, keys)
    except (ValueError, KeyError, AttributeError, ExpatError) as problem:
        raise RefusedError(5, "Bootstrap failed: 5: Input/output error") from problem


def _definition(path: Path, keys: dict[str, Any]) -> Definition:
    restarts = _restarts(keys.get("KeepAlive", False))
    limits: dict[str, int] = keys.get("SoftResourceLimits", {})
    return Definition(
        path=path,
        label=keys["Label"],
        arguments=tuple(keys["ProgramArguments"]),
        user=keys.get("UserName", "root"),
        environment=dict(keys.get("EnvironmentVariables", {})),
        run_at_load=restarts is not Restarts.NEVER or bool(keys.get("RunAtLoad", False)),
        restarts=restarts,
        interval_seconds=keys.get("StartInterval"),
        open_files=int(limits.get("NumberOfFiles", DEFAULT_OPEN_FILES)),
        process_type=keys.get("ProcessType", "daemon").lower(),
        throttle_seconds=int(keys.get("ThrottleInterval", 10)),
        exit_seconds=int(keys.get("ExitTimeOut", 5)),
        working_directory=keys.get("WorkingDirectory", "/"),
        output=keys.get("StandardOutPath", "/dev/null"),
        errors=keys.get("StandardErrorPath", "/dev/null"),
    )


def _restarts(keep_alive: bool | dict[str, bool]) -> Restarts:
    if isinstance(keep_alive, dict):
        # Of the conditions only this one is simulated; the others start the job as a plain KeepAlive does.
        if "SuccessfulExit" in keep_alive:
            return Restarts.AFTER_SUCCESS if keep_alive["SuccessfulExit"] else Restarts.AFTER_FAILURE
        return Restarts.ALWAYS
    return Restarts.ALWAYS if keep_alive else Restarts.NEVER
