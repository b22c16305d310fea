"""Where things lie on a Mac."""

from __future__ import annotations

HOMEBREW = "/opt/homebrew"
DATA = "/opt/ai-platform/data"
"""Data of native services, a folder each. Outside the home, which containers may be shown a part of."""
CONFIGURATION = "/opt/ai-platform/etc"
"""Configuration files of native services, a folder each."""


def data(service: str) -> str:
    """Data directory of a native service."""
    return f"{DATA}/{service}"


def configuration(service: str) -> str:
    """Folder of a native service's configuration files."""
    return f"{CONFIGURATION}/{service}"


def programs(formula: str) -> str:
    """Folder of a formula's programs; it leads to the new ones after an upgrade."""
    return f"{HOMEBREW}/opt/{formula}/bin"
