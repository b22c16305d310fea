"""The answers given by `launchctl enable` and `disable`; they outlive the property list and a reboot."""

from __future__ import annotations

import plistlib
from pathlib import Path

FILE = Path("/var/db/com.apple.xpc.launchd/disabled.plist")


def disabled_labels() -> dict[str, bool]:
    """Every label that was ever named, and whether it may not be loaded."""
    return plistlib.loads(FILE.read_bytes()) if FILE.exists() else {}


def remember(label: str, *, disabled: bool) -> str:
    """Keep one answer; launchctl prints nothing."""
    FILE.write_bytes(plistlib.dumps(disabled_labels() | {label: disabled}))
    return ""
