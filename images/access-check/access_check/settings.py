"""What the check is told by its environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`audiences_file` may come and change at any time (audiences.py).

    `refresh_seconds`: a key that is no longer published opens nothing after so long. `pause_seconds`: an unknown key
    lets the keys be fetched anew, but not more often than this. `leeway_seconds`: how far clocks may differ.
    """

    issuer: str
    certificates_url: str
    audiences_file: Path
    port: int = 8089
    refresh_seconds: float = 300
    pause_seconds: float = 10
    fetch_seconds: float = 5
    leeway_seconds: float = 10


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises ValueError, naming the variable, for what cannot be used."""
    return Settings(
        issuer=_url(environment, "ACCESS_ISSUER"),
        certificates_url=_url(environment, "ACCESS_CERTIFICATES_URL"),
        audiences_file=_path(environment, "ACCESS_AUDIENCES_FILE"),
        port=int(_number(environment, "ACCESS_PORT", Settings.port, 65535)),
        refresh_seconds=_number(environment, "ACCESS_REFRESH_SECONDS", Settings.refresh_seconds, 86400),
        pause_seconds=_number(environment, "ACCESS_PAUSE_SECONDS", Settings.pause_seconds, 3600),
    )


def _url(environment: Mapping[str, str], name: str) -> str:
    text = environment.get(name, "")
    if not text.startswith(("https://", "http://")) or text.endswith("/"):
        raise ValueError(f"{name} must be an address without a slash at its end (is {text!r})")
    return text


def _path(environment: Mapping[str, str], name: str) -> Path:
    text = environment.get(name, "")
    if not text.startswith("/"):
        raise ValueError(f"{name} must be the path of a file from the root on (is {text!r})")
    return Path(text)


def _number(environment: Mapping[str, str], name: str, default: float, most: float) -> float:
    text = environment.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 1 <= value <= most:
        raise ValueError(f"{name} must be a number from 1 to {most:g} (is {text!r})")
    return value
