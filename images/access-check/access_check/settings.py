"""What the check is told by its environment and its one file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`audiences` maps each name that needs a login to the audience of its Access application.

    `refresh_seconds`: a key that is no longer published opens nothing after so long. `pause_seconds`: an unknown key
    lets the keys be fetched anew, but not more often than this. `leeway_seconds`: how far clocks may differ.
    """

    issuer: str
    certificates_url: str
    audiences: Mapping[str, str] = field(default_factory=dict)
    port: int = 8089
    refresh_seconds: float = 300
    pause_seconds: float = 10
    fetch_seconds: float = 5
    leeway_seconds: float = 10


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises ValueError, naming the variable or the file, for what cannot be used."""
    return Settings(
        issuer=_url(environment, "ACCESS_ISSUER"),
        certificates_url=_url(environment, "ACCESS_CERTIFICATES_URL"),
        audiences=_audiences(Path(environment.get("ACCESS_AUDIENCES_FILE", ""))),
        port=int(_number(environment, "ACCESS_PORT", Settings.port, 65535)),
        refresh_seconds=_number(environment, "ACCESS_REFRESH_SECONDS", Settings.refresh_seconds, 86400),
        pause_seconds=_number(environment, "ACCESS_PAUSE_SECONDS", Settings.pause_seconds, 3600),
    )


def _url(environment: Mapping[str, str], name: str) -> str:
    text = environment.get(name, "")
    if not text.startswith(("https://", "http://")) or text.endswith("/"):
        raise ValueError(f"{name} must be an address without a slash at its end (is {text!r})")
    return text


def _audiences(file: Path) -> Mapping[str, str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"ACCESS_AUDIENCES_FILE = {file} cannot be read: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(one, str) and one for one in found.values()):
        raise ValueError(f"{file} must map names to audiences: {{NAME: AUDIENCE}}")
    return found


def _number(environment: Mapping[str, str], name: str, default: float, most: float) -> float:
    text = environment.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 1 <= value <= most:
        raise ValueError(f"{name} must be a number from 1 to {most:g} (is {text!r})")
    return value
