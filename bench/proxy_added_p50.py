"""What the way through the proxy adds to a request, the check of its login included, against 1.5 ms.

A page is asked for by itself, through the proxy without a login and through it with one, in turns, over one connection
each. Whatever slows the machine down meets all three.
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
        medians: list[tuple[float, ...]] = []

        def added() -> float:
            times = [(direct(), unchecked(), checked()) for _ in range(COUNT)]
            medians.append(tuple(statistics.median(one) * 1000 for one in zip(*times, strict=True)))
            by_itself, _, through = medians[-1]
            return through - by_itself

        pair = interleave(added, lambda: ALLOWED_MS, rounds=ROUNDS, within=WITHIN_SECONDS)
    by_itself, unchecked_ms, checked_ms = (statistics.median(one) for one in zip(*medians, strict=True))
    return pair.measurement(
        "ms", f"direct {by_itself:.2f} ms, through nginx {unchecked_ms:.2f} ms, with the check {checked_ms:.2f} ms"
    )


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
