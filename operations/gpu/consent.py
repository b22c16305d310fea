"""Asks before money is spent or a disk is lost; without a terminal somebody must have said so before."""

from __future__ import annotations

import sys

from operations.failure import USAGE, Failure


def agree(question: str, *, yes: bool) -> None:
    """Returns when the answer is yes. Raises Failure for any other, and where there is nobody to ask."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure(f"{question} There is no terminal to ask at", "if so: run the same command with --yes", USAGE)
    if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
        raise Failure("nothing was changed", "")
