"""pmset(1): power settings, kept over a reboot (apple-oss-distributions/PowerManagement pmset.m)."""

from __future__ import annotations

import os
import random
import sys

from ..kept import keep, kept

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
TOO_SHORT = 'Warning: Idle sleep timings for "AC Power" may not behave as expected.'


def main(arguments: list[str]) -> int:
    """`-g` and `-g custom` print the settings, `-a KEY VALUE ...` and `-c` change them (root only)."""
    settings = kept("power", FACTORY)
    if arguments[:1] == ["-g"]:
        _show(settings, custom=arguments[1:] == ["custom"])
        return 0
    if os.getuid() != 0:
        print("'pmset' must be run as root...")
        return 1
    pairs = list(zip(arguments[1::2], arguments[2::2], strict=False))
    known = all(key in settings and value.isdigit() for key, value in pairs)
    if arguments[:1] not in (["-a"], ["-c"]) or not pairs or not known or len(arguments) % 2 == 0:
        print("Usage: pmset <options>", file=sys.stderr)
        return 1
    settings.update({key: int(value) for key, value in pairs})
    if 0 < settings["sleep"] < settings["displaysleep"]:
        print(TOO_SHORT, file=sys.stderr)
    keep("power", settings)
    return 0


def _show(settings: dict[str, int], *, custom: bool) -> None:
    print("AC Power:" if custom else "System-wide power settings:\nCurrently in use:")
    # The order is that of a dictionary on macOS: not fixed.
    for key in random.SystemRandom().sample(sorted(settings), len(settings)):
        note = " (sleep prevented by powerd)" if key == "sleep" and not custom and settings[key] == 0 else ""
        print(f" {key:<20} {settings[key]}{note}")
