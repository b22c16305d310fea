"""uname(1) of an Apple silicon Mac. Programs that ask the kernel itself still see the truth."""

from __future__ import annotations

import socket

FACTS = {"s": "Darwin", "n": socket.gethostname(), "r": "25.6.0", "m": "arm64", "p": "arm"}


def main(arguments: list[str]) -> int:
    """Print the facts asked for, in uname's own order; without arguments the system's name."""
    letters = "".join(argument.lstrip("-") for argument in arguments) or "s"
    if "a" in letters:
        letters = "snrm"
    unknown = set(letters) - set(FACTS)
    if unknown:
        print(f"uname: illegal option -- {min(unknown)}")
        return 1
    print(" ".join(value for letter, value in FACTS.items() if letter in letters))
    return 0
