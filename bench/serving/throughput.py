"""Texts a second of a server, and what of the processor each text cost."""

import statistics

from bench.serving import load
from bench.serving.servers import Server
from bench.serving.texts import mixed


class Throughput:
    """An arm of a comparison: `count` texts of mixed lengths, `each` in a request, `clients` requests at a time."""

    def __init__(self, server: Server, count: int, *, each: int = 1, clients: int = 16) -> None:
        self._server, self._count, self._each, self._clients = server, count, each, clients
        self._costs: list[float] = []

    def __call__(self) -> float:
        texts = mixed(self._count)
        requests = [load.bulk(texts[start : start + self._each]) for start in range(0, len(texts), self._each)]
        before = self._server.cpu_seconds()
        seconds = load.closed(self._server.url, requests, self._clients)
        self._costs.append((self._server.cpu_seconds() - before) / self._count)
        return self._count / seconds

    @property
    def cost(self) -> float:
        """CPU milliseconds of the server for a text: hardly moved by what else the machine does."""
        return statistics.median(self._costs) * 1000


def costs(ours: Throughput, reference: Throughput) -> str:
    """A remark with both costs."""
    return f"CPU ms a text {ours.cost:.1f} / {reference.cost:.1f} = {ours.cost / reference.cost:.2f}"
