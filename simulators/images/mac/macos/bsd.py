"""BSD command lines in front of GNU programs: options as getopt(3) reads them, refused as BSD refuses them."""

from __future__ import annotations

import getopt
import os
import sys
from pathlib import Path
from typing import NoReturn

HIDDEN = Path("/opt/simulator/hidden")


class UsageError(Exception):
    """A program ends with exit status 1 after saying this."""


def options(program: str, arguments: list[str], known: str, usage: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Split off the options; as on BSD the first argument that is none ends them. Raises UsageError."""
    try:
        return getopt.getopt(arguments, known)
    except getopt.GetoptError as wrong:
        # Python knows no word for a long option here: getopt(3) reads `--name` as the letter `-`.
        letter = wrong.opt[:1] if wrong.opt and not wrong.msg.startswith("option --") else "-"
        what = "option requires an argument" if "requires argument" in wrong.msg else "illegal option"
        raise UsageError(f"{program}: {what} -- {letter}\n{usage}") from wrong


def refused(error: UsageError) -> int:
    """Say what was wrong; the exit status."""
    print(error, file=sys.stderr)
    return 1


def become(program: str, arguments: list[str]) -> NoReturn:
    """Go on as the hidden GNU program of that name."""
    os.execv(HIDDEN / program, [program, *arguments])  # noqa: S606  (no shell is the point)
