"""socketfilterfw: the application firewall, which goes by program (dan-snelson/Mac-Health-Check#8,
nix-darwin/nix-darwin#1705). It is only reported here; pf does the work in this project.
"""

from __future__ import annotations

import os

from ..kept import keep, kept

STATES = {
    0: "Firewall is disabled. (State = 0)",
    1: "Firewall is enabled. (State = 1)",
    2: "Firewall is blocking all non-essential incoming connections. (State = 2)",
}
LIST = "Total number of apps = 1 \n\n1 : /usr/libexec/sshd-session \n             (Block incoming connections) \n"


def main(arguments: list[str]) -> int:
    """`--getglobalstate`, `--setglobalstate on|off`, `--setblockall on|off`, `--listapps`."""
    state = int(kept("socketfilterfw", {"state": 0})["state"])
    match arguments:
        case ["--getglobalstate"]:
            print(STATES[state])
        case ["--listapps"]:
            print(LIST)
        case ["--setglobalstate" | "--setblockall" as option, ("on" | "off") as wanted]:
            if os.getuid() != 0:
                print("Must be root to change settings.")
                return 1
            new = (1 if option == "--setglobalstate" else 2) if wanted == "on" else option == "--setblockall"
            keep("socketfilterfw", {"state": int(new)})
            print(STATES[int(new)])
        case _:
            print("usage: socketfilterfw [-h] [--getglobalstate] [--setglobalstate on | off] [--listapps]")
            return 1
    return 0
