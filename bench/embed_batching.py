"""Batches by tokens and length against batches of 32 in the order of arrival: the same texts, the same session."""

import statistics

from bench.measure import Measurement, interleave
from bench.serving.places import models, our_python
from bench.serving.servers import THREADS, WITHIN_SECONDS
from bench.serving.texts import mixed
from bench.serving.worker import Ask, worker

COUNT, ROUNDS = 96, 7


class Way:
    """An arm: tokens a second, padding not counted."""

    def __init__(self, ask: Ask, *, by_tokens: bool) -> None:
        self._ask, self._by_tokens = ask, by_tokens
        self.costs: list[float] = []

    def __call__(self) -> float:
        answer = self._ask({"texts": mixed(COUNT), "by_tokens": self._by_tokens})
        self.costs.append(answer["cpu_seconds"] / answer["tokens"] * 1e6)
        return float(answer["tokens"] / answer["seconds"])


def measure() -> Measurement:
    """Tokens a second."""
    with worker(our_python(), "batching", str(models()), str(THREADS)) as ask:
        arms = Way(ask, by_tokens=True), Way(ask, by_tokens=False)
        pair = interleave(*arms, rounds=ROUNDS, within=WITHIN_SECONDS)
    ours, reference = (statistics.median(arm.costs) for arm in arms)
    used = f"CPU us a token {ours:.0f} / {reference:.0f} = {ours / reference:.2f}"
    return pair.measurement("tokens/s", used, f"{COUNT} texts waiting")
