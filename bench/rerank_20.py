"""A query and 20 documents of 128 tokens over HTTP, against CrossEncoder of sentence-transformers on ONNX Runtime.

The same graph: all-MiniLM-L6-v2's layers with a random head, which costs what a trained one of that shape costs. Both
must order the documents alike.
"""

import itertools
import json

import requests

from bench.environments import python_of
from bench.measure import Measurement, interleave
from bench.serving import load
from bench.serving.costs import Costs
from bench.serving.places import CROSS_ENCODER, models
from bench.serving.servers import THREADS, WITHIN_SECONDS, rerank
from bench.serving.texts import text
from bench.serving.worker import worker

DOCUMENTS, TOKENS, ROUNDS = 20, 128, 9


def question() -> dict[str, object]:
    return {"query": text(12), "documents": [text(TOKENS - 14) for _ in range(DOCUMENTS)]}


def require_one_order(ours: list[int], scores: list[float]) -> None:
    """Raises ValueError where the arms order the documents differently, equal scores apart."""
    theirs = [scores[place] for place in ours]
    if any(later > earlier + 1e-4 for earlier, later in itertools.pairwise(theirs)):
        raise ValueError(f"the arms do not order alike: {ours} by scores {scores}")


def measure() -> Measurement:
    """Milliseconds of a request."""
    folder = str(models() / CROSS_ENCODER)
    python = python_of("sentence-transformers")
    with rerank() as server, worker(python, "cross_encoder", folder, str(THREADS)) as cross_encoder:
        asked = question()
        answer = requests.post(server.url, json=asked, timeout=60).json()
        require_one_order([item["index"] for item in answer["results"]], cross_encoder(asked)["scores"])

        costs = Costs()

        def ours() -> float:
            before = server.cpu_seconds()
            seconds = load.closed(server.url, [json.dumps(question()).encode()], 1)
            costs.ours.append(server.cpu_seconds() - before)
            return seconds * 1000

        def reference() -> float:
            answer = cross_encoder(question())
            costs.reference.append(answer["cpu_seconds"])
            return float(answer["seconds"]) * 1000

        pair = interleave(ours, reference, rounds=ROUNDS, within=WITHIN_SECONDS)
    return pair.measurement("ms", costs.remark(), f"{DOCUMENTS} documents of {TOKENS} tokens")
