"""Stops rented machines that nobody uses or no budget pays for; destroys the stacks of those that cost in vain.

Looks at every GPU stack of the environments once, or with --watch until it is ended: then it sleeps exactly until the
next limit can be reached, 20 seconds at most. One at a time in this checkout.

Exit codes: 0 all is as it should be, 1 a stack could not be looked at, 4 a machine could not be stopped, 6 another one
is at work.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Sequence

from operations.failure import FAILED, guarded
from operations.gpu.cost_check import chosen
from operations.gpu.environments import environment_of
from operations.gpu.exit_codes import ANOTHER_RUNS, CANNOT_STOP
from operations.gpu.one_at_a_time import one_at_a_time
from operations.gpu.reaper.report import Shown, as_json, changes, show
from operations.gpu.reaper.rounds import Round, Rounds
from operations.project import stack_names, state_folder

LONGEST_SLEEP_S = 20.0
SHORTEST_SLEEP_S = 0.2


def main() -> int:
    purpose, _, codes = (__doc__ or "").rpartition("\n\n")
    parser = argparse.ArgumentParser(
        prog="scripts/gpu-reaper",
        description=purpose,
        epilog=codes,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-e", "--environment", action="append", default=[], help="only this one; may be repeated")
    parser.add_argument("--watch", action="store_true", help="go on until ended")
    parser.add_argument("--json", action="store_true", help="print one JSON line a round")
    return guarded(lambda: _run(parser.parse_args()))


def _run(options: argparse.Namespace) -> int:
    wanted = [name for given in options.environment for name in chosen(given)]
    with one_at_a_time(state_folder("gpu") / "reaper.lock") as alone:
        if not alone:
            print("another reaper of this checkout is at work", file=sys.stderr)
            return ANOTHER_RUNS
        rounds, before = Rounds(), Shown()
        while True:
            began = time.monotonic()
            # A destroy tells of its progress, which is no part of the answer.
            with contextlib.redirect_stdout(sys.stderr):
                result = rounds.go(_stacks(wanted))
            _tell(result, options, before)
            if not options.watch:
                return _code(result)
            time.sleep(max(SHORTEST_SLEEP_S, pause(result, time.monotonic() - began)))


def pause(result: Round, took: float) -> float:
    """Seconds until the next look: a limit that can be reached earlier comes earlier. `took`: since this one began."""
    return min(LONGEST_SLEEP_S, result.look_again - took)


def _stacks(wanted: Sequence[str]) -> list[str]:
    """Those of these environments, or all: one whose file cannot be read may rent something too."""
    return [stack for stack in stack_names() if not wanted or environment_of(stack) in wanted]


def _tell(result: Round, options: argparse.Namespace, before: Shown) -> None:
    if options.json:
        print(as_json(result), flush=True)
    elif not options.watch:
        show(result)
    else:
        for line in changes(result, before):
            print(line, flush=True)


def _code(result: Round) -> int:
    if any(one.failed for one in result.machines):
        return CANNOT_STOP
    return FAILED if result.untold else 0


if __name__ == "__main__":
    sys.exit(main())
