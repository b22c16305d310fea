"""How much of what the processor can multiply bulk embedding makes use of, HTTP and tokenising included.

Counted are the multiplications of the layers: twice their weights for each token, and attention between the tokens of a
text. Padding counts for nothing. The reference is OpenBLAS on large matrices with as many threads, in turn with it.
"""

from bench.measure import Measurement, interleave
from bench.serving import load
from bench.serving.costs import Costs
from bench.serving.places import our_python
from bench.serving.servers import THREADS, WITHIN_SECONDS, embed
from bench.serving.texts import text
from bench.serving.worker import worker

LAYERS, WIDTH, WIDER = 6, 384, 1536
TOKENS, COUNT, EACH, CLIENTS, ROUNDS = 128, 64, 32, 2, 7


def gigaflop(tokens: int, texts: int) -> float:
    """Of all layers of all-MiniLM-L6-v2."""
    weights = 4 * WIDTH * WIDTH + 2 * WIDTH * WIDER
    attention = 2 * tokens * WIDTH
    return 2e-9 * LAYERS * (weights + attention) * tokens * texts


def measure() -> Measurement:
    """GFLOPS."""
    with embed() as server, worker(our_python(), "sgemm") as sgemm:
        costs = Costs()

        def ours() -> float:
            before = server.cpu_seconds()
            texts = [text(TOKENS) for _ in range(COUNT)]
            requests = [load.bulk(texts[start : start + EACH]) for start in range(0, COUNT, EACH)]
            seconds = load.closed(server.url, requests, CLIENTS)
            costs.ours.append(server.cpu_seconds() - before)
            return gigaflop(TOKENS, COUNT) / seconds

        def reference() -> float:
            answer = sgemm({})
            costs.reference.append(gigaflop(TOKENS, COUNT) / answer["gflops_of_cpu"])
            return float(answer["gflops"])

        pair = interleave(ours, reference, rounds=ROUNDS, within=WITHIN_SECONDS)
    return pair.measurement(
        "GFLOPS",
        f"{costs.remark()} for as many multiplications",
        f"{THREADS} threads, {COUNT} texts of {TOKENS} tokens",
    )
