"""Writes down what machines cost while somebody else starts or removes them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from operations.failure import Failure
from operations.gpu.spend.bookkeeper import Bookkeeper

EVERY_S = 10.0
"""How late a change is noticed; each look takes two calls or so of the ninety a minute."""
JOIN_S = 30.0


@contextmanager
def watching(keeper: Bookkeeper, every_s: float = EVERY_S) -> Iterator[None]:
    """Takes stock again and again while the block runs, and once when it has ended, however it ended.

    What fails then is said, and ends nothing.
    """
    ended = threading.Event()
    thread = threading.Thread(target=_watch, args=(keeper, every_s, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(JOIN_S)


def _watch(keeper: Bookkeeper, every_s: float, ended: threading.Event) -> None:
    said, last = "", False
    while not last:
        last = ended.wait(every_s)
        try:
            keeper.take_stock()
        except (Failure, OSError) as error:
            if str(error) != said:
                said = str(error)
                print(f"the spend ledger waits: {error}", file=sys.stderr, flush=True)
