"""Our embed service against infinity-emb: single texts of mixed lengths from 16 clients, over HTTP, in JSON.

Both load the same graph in the same version of ONNX Runtime, with two threads, mean pooling and unit length, and answer
OpenAI's form. The first vectors of both are compared: servers that compute something else are not compared.
"""

import requests

from bench.measure import Measurement, interleave
from bench.serving import load
from bench.serving.servers import WITHIN_SECONDS, Server, embed, infinity
from bench.serving.throughput import Throughput, costs

COUNT, ROUNDS = 64, 5
LEAST_COSINE = 0.9999
HEADERS = {"content-type": "application/json"}


def vector(server: Server, text: str) -> list[float]:
    answer = requests.post(server.url, data=load.bulk([text]), headers=HEADERS, timeout=60)
    answer.raise_for_status()
    return [float(one) for one in answer.json()["data"][0]["embedding"]]


def cosine(one: list[float], other: list[float]) -> float:
    """Of two unit vectors. Raises ValueError where they are too far apart to be the same model's."""
    found = sum(left * right for left, right in zip(one, other, strict=True))
    if found < LEAST_COSINE:
        raise ValueError(f"the arms do not compute the same: cosine {found:.5f}")
    return found


def measure() -> Measurement:
    """Texts a second."""
    with embed() as ours, infinity() as theirs:
        text = "The database is dumped every night and kept for thirty days."
        agreement = cosine(vector(ours, text), vector(theirs, text))
        arms = Throughput(ours, COUNT), Throughput(theirs, COUNT)
        pair = interleave(*arms, rounds=ROUNDS, within=WITHIN_SECONDS)
    starts = f"ready after {ours.start:.1f} / {theirs.start:.1f} s"
    return pair.measurement("texts/s", costs(*arms), f"cosine {agreement:.5f}", starts)
