"""A text of 16 tokens over HTTP, against tokenising and running the same graph without any server.

The same number of threads, and neither spins while it waits. What is left is the way through HTTP.
"""

import statistics

from bench.measure import Measurement, interleave
from bench.serving import load
from bench.serving.places import MODEL, models, our_python
from bench.serving.servers import THREADS, WITHIN_SECONDS, embed
from bench.serving.texts import text
from bench.serving.worker import worker

TOKENS, COUNT, ROUNDS = 16, 60, 9


def measure() -> Measurement:
    """Milliseconds of the median text."""
    folder = str(models() / "plain" / MODEL)
    with embed() as server, worker(our_python(), "raw", folder, str(THREADS)) as raw:

        def ours() -> float:
            seconds = load.one_by_one(server.url, load.bodies(text(TOKENS) for _ in range(COUNT)))
            return statistics.median(seconds) * 1000

        def reference() -> float:
            seconds: list[float] = raw({"texts": [text(TOKENS) for _ in range(COUNT)]})["seconds"]
            return statistics.median(seconds) * 1000

        pair = interleave(ours, reference, rounds=ROUNDS, within=WITHIN_SECONDS)
    return pair.measurement("ms", f"the way through HTTP takes {pair.ours - pair.reference:.2f} ms")
