"""mdutil(1): whether Spotlight indexes a volume."""

from __future__ import annotations

import os
import sys

from ..kept import keep, kept

VOLUMES = ("/", "/System/Volumes/Data")


def main(arguments: list[str]) -> int:
    """`-s VOLUME`, `-a -s`, and for root `-i on|off VOLUME` or `-a -i on|off`."""
    words = [word for word in arguments if word != "-a"]
    states = kept("mdutil", dict.fromkeys(VOLUMES, "enabled"))
    if "-i" in words[:-1]:
        if os.getuid() != 0:
            print("mdutil: must be run as root", file=sys.stderr)
            return 1
        at = words.index("-i")
        wanted = "enabled" if words[at + 1] == "on" else "disabled"
        words = words[:at] + words[at + 2 :]
        states |= dict.fromkeys(_volumes(arguments, words), wanted)
        keep("mdutil", states)
    for volume in _volumes(arguments, words):
        print(f"{volume}:\n\tIndexing {states[volume]}. ")
    return 0


def _volumes(arguments: list[str], words: list[str]) -> list[str]:
    named = [word for word in words if word in VOLUMES]
    return list(VOLUMES) if "-a" in arguments or not named else named
