"""One brew at a time on a formula: nobody waits (Homebrew/brew exceptions.rb, lock_file.rb)."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ..faults import concerns
from .prefix import CELLAR, LOCKS, BrewError

FOR_EVER = 86_400


@contextmanager
def locked(formula: str) -> Iterator[None]:
    """Hold the formula's lock. Raises BrewError when another brew does."""
    with (LOCKS / f"{formula}.formula.lock").open("w") as lock:
        try:
            if concerns("brew-locked", formula):
                raise BlockingIOError
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BrewError(
                f"A `brew install {formula}` process has already locked {CELLAR / formula}.\n"
                "Please wait for it to finish or terminate it to continue."
            ) from None
        if concerns("brew-hangs", formula):
            time.sleep(FOR_EVER)
        yield
