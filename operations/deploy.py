"""What a merge does to one environment: brings it up, waits for its probes, and says how to go back when that failed.

Ends as scripts/up does. Advice goes to standard error, and as Markdown to the file that GITHUB_STEP_SUMMARY names.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from operations.failure import FAILED, USAGE, Failure, guarded
from operations.project import require_stack
from operations.up import Consent, up
from review.advice import advice
from settings.problem import SettingsError
from toolchain.failures import SETUP_FAILURES

COMMIT = re.compile(r"^[0-9a-f]{7,64}$")
NONE_BEFORE = re.compile(r"^0+$")
"""What a forge names as the commit before the first one."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/deploy", description=__doc__)
    parser.add_argument("-s", "--stack", required=True, help="environment")
    parser.add_argument("--previous", metavar="COMMIT", help="commit that the environment was brought up from before")
    options = parser.parse_args()
    if options.previous and not COMMIT.fullmatch(options.previous):
        parser.error(f"{options.previous!r} is no commit")
    previous = None if NONE_BEFORE.match(options.previous or "0") else options.previous
    return guarded(lambda: deploy(options.stack, previous))


def deploy(stack: str, previous: str | None) -> int:
    """The exit code of `up`; what stopped it is told with the advice."""
    require_stack(stack)
    try:
        up(stack, Consent(), ask=False)
    except (Failure, SettingsError, *SETUP_FAILURES) as error:
        text = advice(stack, str(error), previous)
        print(text, file=sys.stderr, flush=True)
        if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")
        return error.code if isinstance(error, Failure) else USAGE if isinstance(error, SettingsError) else FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
