"""Verbs that tell how things are: their exit code 2 means that something differs, never that they were misused."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn

from operations.failure import FAILED, guarded

INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """Ends with 1 at a bad command line. Prints the description as it is written."""

    def __init__(self, prog: str | None = None, *, description: str = "", epilog: str = "", **more: object) -> None:
        raw = argparse.RawDescriptionHelpFormatter
        super().__init__(prog, description=description, epilog=epilog, formatter_class=raw, **more)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(FAILED, f"error: {message}\n")


def telling(verb: Callable[[], int]) -> int:
    """The verb's own code, or 1 for one that could not tell; prints what stopped it. 130 after an interruption."""
    told: list[int] = []
    code = guarded(lambda: told.append(verb()))
    if told:
        return told[0]
    return INTERRUPTED if code == INTERRUPTED else FAILED
