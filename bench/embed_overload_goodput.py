"""What is still answered at twice the maximum, and how soon the rest is refused.

The maximum is measured right before and after each overload, with the same texts. The load takes processor time too, on
a small machine from the service; the service's own share is told beside.
"""

import statistics
import time

from bench.measure import Measurement, Pair, Round, cpu_pressure
from bench.serving import load
from bench.serving.servers import Server, embed
from bench.serving.texts import mixed
from bench.serving.throughput import Throughput

COUNT, ROUNDS, OVERLOAD = 128, 5, 2.0
LONGEST_REFUSAL_MS = 50.0


def overload(server: Server, rate: float, refused: list[float]) -> float:
    """Answers a second while `rate` a second are sent, from the first to the last good answer."""
    started = time.perf_counter()
    answers = load.open_loop(server.url, load.bodies(mixed(int(COUNT * OVERLOAD))), rate)
    passed = time.perf_counter() - started
    refused += [answer.seconds * 1000 for answer in answers if answer.status == 429]
    wrong = {answer.status for answer in answers} - {200, 429}
    if wrong:
        raise RuntimeError(f"an overloaded service answered {wrong}")
    return sum(answer.status == 200 for answer in answers) / passed


def measure() -> Measurement:
    """Answers a second. Short queues, as those have who want to be told soon."""
    refused: list[float] = []
    rounds = []
    with embed(QUEUE_LIMIT="32") as server:
        maximum = Throughput(server, COUNT)
        before = maximum()
        for _ in range(ROUNDS):
            pressure = cpu_pressure()
            goodput = overload(server, OVERLOAD * before, refused)
            after = maximum()
            rounds.append(Round(goodput, (before + after) / 2, max(pressure or 0, cpu_pressure() or 0)))
            before = after
    middle = statistics.median(refused) if refused else 0.0
    late = sum(one > LONGEST_REFUSAL_MS for one in refused) / max(len(refused), 1)
    told = f"{len(refused)} refused, median after {middle:.1f} ms, {late:.0%} of them after more than 50 ms"
    return Pair(tuple(rounds)).measurement("texts/s", told)
