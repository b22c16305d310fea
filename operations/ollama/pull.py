"""A pull that ends well or with its cause: cut, stalled and half-done answers are taken up again."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

from operations.failure import Failure
from operations.ollama.refusals import CutOffError, RegistryUnreachableError
from operations.ollama.server import NoAnswerError, Ollama, Record

STALL_SECONDS = 120.0
"""Longer than the server's own attempts at one part of a blob: six, up to a minute together."""
ATTEMPTS = 5
PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0


def pull(ollama: Ollama, model: str, show: Callable[[Record], None], stall_seconds: float = STALL_SECONDS) -> None:
    """Returns only after the server has said `success`: its HTTP status says nothing about how a pull ends.

    The server keeps what it has downloaded, so each attempt goes on from there. Raises RegistryUnreachableError when
    not a byte has come; Failure for a refusal, after ATTEMPTS in a row without a new byte, or at the deadline.
    """
    arrived: dict[str, int] = {}
    failed = 0
    while True:
        before = sum(arrived.values())
        try:
            for record in _progressing(ollama.pull(model, stall_seconds), stall_seconds):
                show(record)
                if completed := record.get("completed"):
                    arrived[record["digest"]] = max(completed, arrived.get(record["digest"], 0))
                if record.get("status") == "success":
                    return
            cause = "the answer ended without `success`"
        except RegistryUnreachableError as unreachable:
            if not arrived:
                raise
            cause = str(unreachable)
        except NoAnswerError as silence:
            cause = str(silence).partition("\n")[0]
            if not arrived and failed == 0 and not _answers(ollama):
                raise
        except CutOffError as cut:
            cause = str(cut)
        failed = failed + 1 if sum(arrived.values()) == before else 1
        if failed >= ATTEMPTS:
            remedy = f"scripts/model-pull.sh {model} -s STACK   (goes on where it stopped)"
            raise Failure(f"{model}: {failed} attempts in a row brought nothing; the last one: {cause}", remedy)
        print(f"{model}: {cause}; trying again", file=sys.stderr, flush=True)
        time.sleep(min(PAUSE_SECONDS * 2**failed, LONGEST_PAUSE_SECONDS))


def _progressing(records: Iterator[Record], stall_seconds: float) -> Iterator[Record]:
    """The records, unless they repeat themselves for too long: a stalled download still reports its bytes."""
    last, since = None, time.monotonic()
    for record in records:
        said, now = (record.get("status"), record.get("completed")), time.monotonic()
        if said != last:
            last, since = said, now
        elif now > since + stall_seconds:
            raise CutOffError(f"no progress for {stall_seconds:g} s")
        yield record


def _answers(ollama: Ollama) -> bool:
    try:
        ollama.held()
    except NoAnswerError:
        return False
    return True
