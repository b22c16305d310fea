"""The time as the account's own server has it: the one that it bills by, whatever this machine's clock says."""

from __future__ import annotations

import sys
import time
from email.utils import parsedate_to_datetime

import requests

ASK_S = (3.05, 5.0)
AGAIN_S = 3600.0
"""A process that runs for long asks again."""
TOLERATED_S = 30.0
"""`Date` has whole seconds and an answer takes some; clocks that differ by no more are taken for right."""
DAY_S = 86_400


def uptime() -> float:
    """Seconds of this machine's life, sleep included where it tells them; no change of its clock touches them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class ServerClock:
    """Seconds since the epoch by the `Date` of any answer of the server (RFC 9110, 6.6.1), counted on by `uptime`.

    It asks without the token: that is none of the calls that the account counts. Where the server does not say, this
    machine's clock stands for it, since no stop may wait for the time of day.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._asked: float | None = None
        self._begin = 0.0

    def __call__(self) -> int:
        now = uptime()
        if self._asked is None or now - self._asked > AGAIN_S:
            self._begin = self._time() - now
            self._asked = now
        return int(self._begin + uptime())

    def _time(self) -> float:
        here = time.time()
        try:
            answer = requests.head(self._url, timeout=ASK_S, allow_redirects=False)
            there = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        except (requests.RequestException, KeyError, ValueError):
            return here
        ahead = here - there
        if abs(ahead) <= TOLERATED_S:
            return here
        which = "ahead of" if ahead > 0 else "behind"
        text = f"this machine's clock is {abs(ahead) / DAY_S:.2f} days {which} TensorDock's, which counts"
        print(f"{text}\n    -> set it: timedatectl set-ntp true", file=sys.stderr, flush=True)
        return there
