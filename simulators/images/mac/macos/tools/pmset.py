"""pmset(1): power settings, kept over a reboot (apple-oss-distributions/PowerManagement pmset.c)."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

SETTINGS_FILE = Path("/Library/Preferences/com.apple.PowerManagement.json")
# As a new Mac mini has them.
FACTORY = {
    "Sleep On Power Button": 1,
    "autorestart": 0,
    "powernap": 1,
    "networkoversleep": 0,
    "disksleep": 10,
    "sleep": 1,
    "ttyskeepawake": 1,
    "displaysleep": 10,
    "tcpkeepalive": 1,
    "womp": 0,
}


def main(arguments: list[str]) -> int:
    """`-g custom` prints the settings, `-a KEY VALUE ...` changes them (root only)."""
    settings = dict(FACTORY)
    if SETTINGS_FILE.exists():
        settings.update(json.loads(SETTINGS_FILE.read_text()))
    if arguments[:1] == ["-g"]:
        print("AC Power:")
        for key, value in settings.items():
            print(f" {key:<20} {value}")
        return 0
    if os.getuid() != 0:
        print("'pmset' must be run as root...")
        return 1
    pairs = list(zip(arguments[1::2], arguments[2::2], strict=False))
    if arguments[:1] != ["-a"] or not pairs or any(key not in settings for key, _ in pairs):
        print("Usage: pmset <options>", file=sys.stderr)
        return 1
    settings.update({key: int(value) for key, value in pairs})
    SETTINGS_FILE.write_text(json.dumps(settings))
    return 0
