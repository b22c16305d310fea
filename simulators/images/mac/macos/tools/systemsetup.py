"""systemsetup(8): a few of its settings, for root only (mathiasbynens/dotfiles#1030, microsoft/macos-cookbook#195,
logicnow/BlueSky#54). It complains on standard error although it succeeds.
"""

from __future__ import annotations

import os
import sys

from ..kept import keep, kept

FACTORY = {"usingnetworktime": "On", "networktimeserver": "time.apple.com", "timezone": "Europe/Berlin"}
FACTORY |= {"restartfreeze": "Off"}
TITLES = {"usingnetworktime": "Network Time", "networktimeserver": "Network Time Server", "timezone": "Time Zone"}
TITLES |= {"restartfreeze": "Restart After Freeze"}
FIXED = {
    "remotelogin": "Remote Login: On",
    "restartpowerfailure": "Restart After Power Failure: Not supported on this machine.",
    "wakeonnetworkaccess": "Wake On Network Access: Not supported on this machine.",
}
NOISE = "### Error:-99 File:/AppleInternal/Library/BuildRoots/Admin/InternetServices.m Line:379"
NO_ACCESS = "setremotelogin: Turning Remote Login on or off requires Full Disk Access privileges."


def main(arguments: list[str]) -> int:
    """One -get... or -set... and its value."""
    if os.getuid() != 0:
        print("You need administrator access to run this tool... exiting!")
        return 1
    option, *values = arguments or [""]
    verb, name = option[1:4], option[4:].lower()
    if name in FIXED:
        print(FIXED[name] if verb == "get" or name != "remotelogin" else NO_ACCESS)
        return int(name == "remotelogin" and verb != "get")
    if name not in FACTORY or verb not in {"get", "set"} or (verb == "set") != bool(values):
        print(f"{option} is not a recognized command.", file=sys.stderr)
        return 1
    if verb == "get":
        print(f"{TITLES[name]}: {kept('systemsetup', FACTORY)[name]}")
        return 0
    value = values[0].capitalize() if name in {"usingnetworktime", "restartfreeze"} else values[0]
    keep("systemsetup", kept("systemsetup", FACTORY) | {name: value})
    print(NOISE, file=sys.stderr)
    print(f"set{TITLES[name].replace(' ', '')}: {value}")
    return 0
