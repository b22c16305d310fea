"""A page through the proxy, the check of its login included, against the same page by itself and 1.5 ms more.

Each way is asked over one connection that stays open; without the check it stands in the note.
"""

import http.client
import statistics
import time
from collections.abc import Callable

from bench.measure import Measurement, interleave
from bench.proxy_place import CHECKED, OPEN, place

ALLOWED_MS = 1.5
COUNT, ROUNDS, WITHIN_SECONDS = 300, 9, 120
Ask = Callable[[], float]


def measure() -> Measurement:
    """Milliseconds of the median request. Raises RuntimeError for any answer but 200."""
    with place() as found:
        direct = asking(found.page, {})
        unchecked = asking(found.proxy, {"Host": OPEN})
        checked = asking(found.proxy, {"Host": CHECKED, "Cf-Access-Jwt-Assertion": found.assertion})
        unchecked_ms: list[float] = []

        def through() -> float:
            unchecked_ms.append(median(unchecked))
            return median(checked)

        pair = interleave(through, lambda: median(direct) + ALLOWED_MS, rounds=ROUNDS, within=WITHIN_SECONDS)
    by_itself, without = pair.reference - ALLOWED_MS, statistics.median(unchecked_ms)
    return pair.measurement(
        "ms",
        f"direct {by_itself:.2f} ms, through nginx {without:.2f} ms, with the check {pair.ours:.2f} ms: "
        f"{pair.ours - by_itself:.2f} ms more",
    )


def median(ask: Ask) -> float:
    """Milliseconds of the median of COUNT requests."""
    return statistics.median(ask() for _ in range(COUNT)) * 1000


def asking(address: str, headers: dict[str, str]) -> Ask:
    """One request over a connection that stays open; its seconds."""
    connection = http.client.HTTPConnection(address, timeout=10)

    def ask() -> float:
        started = time.perf_counter()
        connection.request("GET", "/index.html", headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{address} answers {answer.status}")
        return time.perf_counter() - started

    return ask
