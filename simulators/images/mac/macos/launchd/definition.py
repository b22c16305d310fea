"""A job as its property list defines it."""

from __future__ import annotations

import plistlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError


class RefusedError(Exception):
    """launchctl's answer to a call that fails: a code, and the text that goes with it."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True)
class Definition:
    """The keys of a property list that this launchd acts on."""

    path: Path
    label: str
    arguments: tuple[str, ...]
    user: str
    environment: dict[str, str]
    run_at_load: bool
    keep_alive: bool
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
    keep_alive = bool(keys.get("KeepAlive", False))
    return Definition(
        path=path,
        label=keys["Label"],
        arguments=tuple(keys["ProgramArguments"]),
        user=keys.get("UserName", "root"),
        environment=dict(keys.get("EnvironmentVariables", {})),
        run_at_load=keep_alive or bool(keys.get("RunAtLoad", False)),
        keep_alive=keep_alive,
        throttle_seconds=int(keys.get("ThrottleInterval", 10)),
        exit_seconds=int(keys.get("ExitTimeOut", 5)),
        working_directory=keys.get("WorkingDirectory", "/"),
        output=keys.get("StandardOutPath", "/dev/null"),
        errors=keys.get("StandardErrorPath", "/dev/null"),
    )
