"""How a verb ends badly: one readable message, never a traceback, and an exit code that means something."""

from __future__ import annotations

import sys
from collections.abc import Callable

from settings.problem import SettingsError

FAILED = 1
USAGE = 2


class Failure(Exception):
    """A refusal or a failed step. `remedy` is the next command or thing to do."""

    def __init__(self, cause: str, remedy: str, code: int = FAILED) -> None:
        super().__init__(f"{cause}\n    -> {remedy}" if remedy else cause)
        self.code = code


def exit_status(code: int) -> int:
    """The code to end with for a child's return code: of one that a signal ended, 128 and the signal, as shells do."""
    return 128 - code if code < 0 else code


def guarded(verb: Callable[[], int | None]) -> int:
    """Runs a verb; prints what stopped it and returns the exit code."""
    try:
        return verb() or 0
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return failure.code
    except SettingsError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except EOFError:
        # Ctrl-D at a question.
        print("\nerror: nobody answered the question\n    -> run the same command again", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("interrupted; run the same command again to go on", file=sys.stderr)
        return 130
