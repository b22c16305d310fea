"""What the gate is told by its environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """`upstream` without a path, e.g. http://ollama:11434. A body that stands still for `silence_seconds` is ended:
    a client that has gone to sleep, or a server that hangs, must not keep the machine for ever."""

    upstream: str
    port: int = 11434
    silence_seconds: float = 3600
    lease_seconds: float = 300


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises ValueError, naming the variable, for what cannot be used."""
    upstream = environment.get("GATE_UPSTREAM", "").rstrip("/")
    if not upstream.startswith(("http://", "https://")):
        raise ValueError(f"GATE_UPSTREAM must be the http:// address of an Ollama (is {upstream!r})")
    return Settings(
        upstream,
        int(_number(environment, "GATE_PORT", Settings.port, 65535)),
        _number(environment, "GATE_SILENCE_SECONDS", Settings.silence_seconds, 86400),
        _number(environment, "GATE_LEASE_SECONDS", Settings.lease_seconds, 86400),
    )


def _number(environment: Mapping[str, str], name: str, default: float, most: float) -> float:
    text = environment.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 1 <= value <= most:
        raise ValueError(f"{name} must be a number from 1 to {most:g} (is {text!r})")
    return value
