"""The same model in eight bits against the plain one, both by our service, in bulk: 32 texts in a request.

The vectors of a round of texts are compared: the faster arm counts only while it says the same.
"""

import requests

from bench.measure import Measurement, interleave
from bench.serving import load
from bench.serving.servers import WITHIN_SECONDS, Server, embed
from bench.serving.texts import mixed
from bench.serving.throughput import Throughput, costs

COUNT, EACH, CLIENTS, ROUNDS = 96, 32, 3, 7
LEAST_COSINE = 0.99
COMPARED = 32


def agreement(one: Server, other: Server) -> float:
    """The smallest cosine between both vectors of a text. Raises ValueError below LEAST_COSINE."""
    body = load.bulk(mixed(COMPARED))
    answers = [requests.post(server.url, data=body, timeout=60).json()["data"] for server in (one, other)]
    pairs = zip(*([item["embedding"] for item in answer] for answer in answers), strict=True)
    least = min(sum(left * right for left, right in zip(*pair, strict=True)) for pair in pairs)
    if least < LEAST_COSINE:
        raise ValueError(f"eight bits lose too much: cosine {least:.4f}")
    return float(least)


def measure() -> Measurement:
    """Texts a second."""
    with embed(PRECISION="int8") as ours, embed() as plain:
        least = agreement(ours, plain)
        arms = Throughput(ours, COUNT, each=EACH, clients=CLIENTS), Throughput(plain, COUNT, each=EACH, clients=CLIENTS)
        pair = interleave(*arms, rounds=ROUNDS, within=WITHIN_SECONDS)
    return pair.measurement("texts/s", costs(*arms), f"smallest cosine {least:.4f}")
