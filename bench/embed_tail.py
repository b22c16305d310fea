"""How much longer the slow answers take than the usual ones at 70 % of the maximum, sent at fixed times.

Texts of one length: what differs is what the service did, not what it was asked. The maximum is measured right before
each round. Times are counted from when a request was due, so that a stall is not hidden by those that it held up.
"""

import statistics

from bench.measure import Measurement, Pair, Round, cpu_pressure
from bench.serving import load
from bench.serving.servers import embed
from bench.serving.texts import text

TOKENS, COUNT, CLIENTS, ROUNDS, SHARE = 60, 160, 16, 5, 0.7


def measure() -> Measurement:
    """Milliseconds: the 95th percentile (ours) and the median of the same requests."""
    rounds = []
    with embed() as server:

        def requests() -> list[bytes]:
            return load.bodies(text(TOKENS) for _ in range(COUNT))

        load.closed(server.url, requests(), CLIENTS)
        for _ in range(ROUNDS):
            rate = SHARE * COUNT / load.closed(server.url, requests(), CLIENTS)
            before = cpu_pressure()
            seconds = [answer.seconds for answer in load.open_loop(server.url, requests(), rate)]
            cuts = statistics.quantiles(seconds, n=20)
            pressure = max((one for one in (before, cpu_pressure()) if one is not None), default=None)
            rounds.append(Round(cuts[18] * 1000, cuts[9] * 1000, pressure))
    return Pair(tuple(rounds)).measurement("ms", f"{SHARE:.0%} of the maximum, texts of {TOKENS} tokens")
