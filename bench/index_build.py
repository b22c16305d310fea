"""Seconds to build the HNSW index as the platform does (half precision, parallel) against full precision, serial.

Both graphs fit into the memory that both arms are given.
"""

from bench.measure import Measurement, interleave
from bench.postgres import build, clustered, fill, recall, running_server

ROWS, DIMENSION, QUERIES = 12_000, 1024, 30
LEAST_RECALL = 0.99
WORKERS, ROUNDS = 2, 5


def measure() -> Measurement:
    """Wall seconds. Raises RuntimeError when the recall is not reached."""
    vectors = clustered(ROWS + QUERIES, DIMENSION)
    with running_server() as server, server.connect() as connection:
        fill(connection, vectors[:ROWS])
        pair = interleave(
            lambda: build(connection, "halfvec", WORKERS), lambda: build(connection, "vector", 0), rounds=ROUNDS
        )
        share = recall(connection, "halfvec", vectors[ROWS:], LEAST_RECALL)
    return pair.measurement(
        "s", f"{ROWS} x {DIMENSION}, m=16, ef_construction=200, {WORKERS} workers; recall@10 {share:.4f}"
    )
