"""Shows the codes that logins at a simulated edge have sent: nobody's mailbox is simulated."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

import requests

from operations.failure import Failure, guarded
from operations.project import ROOT, require_stack
from operations.simulated_edge import simulated
from settings.simulated_edge import endpoint
from settings.stack_file import read

ANSWER_S = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/edge-pin", description=__doc__)
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    arguments = parser.parse_args()
    return guarded(lambda: show(arguments.stack))


def show(stack: str) -> None:
    """The codes that still work, the newest last. Raises Failure where there is none."""
    require_stack(stack)
    if simulated(read(ROOT, stack).environment) is None:
        raise Failure(f"the names of {stack} are not simulated", "the code of a real login comes by mail")
    valid = [mail for mail in mails() if not mail["used"]]
    if not valid:
        raise Failure("no code was sent that still works", "give your mail address on the page of the login first")
    for mail in valid:
        print(f"{mail['pin']}  for {mail['to']} at {mail['host']}, sent {time.time() - mail['sent']:.0f} s ago")


def mails() -> list[dict[str, Any]]:
    """What the simulated account has sent. Raises Failure where it does not run."""
    try:
        account = endpoint(ROOT).url.removesuffix("/client/v4")
        answer = requests.get(f"{account}/_simulator/mailbox", timeout=ANSWER_S)
        answer.raise_for_status()
    except (FileNotFoundError, requests.RequestException) as error:
        raise Failure(f"the simulated account does not answer: {error}", "make up") from None
    found: list[dict[str, Any]] = answer.json()
    return found


if __name__ == "__main__":
    sys.exit(main())
