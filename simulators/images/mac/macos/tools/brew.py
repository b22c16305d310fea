"""brew(1): reads the command line; the work is in macos/homebrew (Homebrew/brew brew.sh, cmd/*.rb)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from ..faults import fault
from ..homebrew import information, install, pins, taps
from ..homebrew.prefix import PREFIX, BrewError
from ..homebrew.unpack import unpack

AS_ROOT = """Running Homebrew as root is extremely dangerous and no longer supported.
As Homebrew does not drop privileges on installation you would be giving all
build scripts full access to your system."""
VERSION = "6.0.22"
OFFICIAL = {"homebrew/core", "homebrew/cask"}


def main(arguments: list[str]) -> int:
    """One subcommand. Root may only ask for the prefix, although /.dockerenv would let it pass in a real brew."""
    command, *rest = _joined(arguments) or [""]
    names = [argument for argument in rest if not argument.startswith("-")]
    switches = [argument for argument in rest if argument.startswith("-")]
    try:
        if command == "--prefix":
            print(PREFIX / "opt" / names[0] if names else PREFIX)
            return 0
        if os.getuid() == 0:
            raise BrewError(AS_ROOT)
        return _run(command, names, switches)
    except BrewError as refused:
        print(f"Error: {refused}", file=sys.stderr)
        return 1


def _run(command: str, names: list[str], switches: list[str]) -> int:
    as_json = any(switch.startswith("--json") for switch in switches)
    if command in {"--version", "-v"}:
        print(f"Homebrew {VERSION}")
    elif command in {"list", "ls"}:
        return information.list_versions(names, versions="--versions" in switches)
    elif command == "info":
        return information.info(names, as_json=as_json)
    elif command == "outdated":
        return information.outdated(names, as_json=as_json)
    elif command == "update":
        _update()
    elif command == "tap" and not names:
        print("\n".join(taps.tapped()), end="\n" if taps.tapped() else "")
    elif command == "upgrade" and not names:
        install.upgrade_all()
    elif command == "unpack":
        return _unpack(names, switches)
    else:
        return _each(command, names)
    return 0


def _each(command: str, names: list[str]) -> int:
    commands: dict[str, Callable[[str], None]] = {
        "install": install.install,
        "upgrade": install.upgrade,
        "pin": pins.pin,
        "unpin": pins.unpin,
        "tap": taps.tap,
        "trust": taps.trust,
    }
    if command not in commands:
        raise BrewError(f"Unknown command: brew {command}")
    if not names:
        raise BrewError("Invalid usage: This command requires at least 1 argument.")
    for name in names:
        if not (command == "tap" and name in OFFICIAL):
            commands[command](name)
    return 0


def _update() -> None:
    if fault("brew-locked") is not None:
        raise BrewError("Another `brew update` process is already running.")
    print("Already up-to-date.")


def _joined(arguments: list[str]) -> list[str]:
    """`--destdir DIR` as one argument."""
    if "--destdir" not in arguments[:-1]:
        return arguments
    at = arguments.index("--destdir")
    return [*arguments[:at], f"--destdir={arguments[at + 1]}", *arguments[at + 2 :]]


def _unpack(names: list[str], switches: list[str]) -> int:
    given = [switch.partition("=")[2] for switch in switches if switch.startswith("--destdir=")]
    for name in names:
        unpack(name, Path(*given), force="--force" in switches)
    return 0
