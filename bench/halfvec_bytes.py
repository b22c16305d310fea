"""Bytes of the HNSW index over half precision, at a recall that loses nothing, against full precision."""

from bench.measure import Measurement
from bench.postgres import build, clustered, fill, recall, running_server

ROWS, DIMENSION, QUERIES = 5000, 1024, 50
LEAST_RECALL = 0.99


def measure() -> Measurement:
    """Bytes; no time is in it, so one build of each is enough. Raises RuntimeError when the recall is not reached."""
    vectors = clustered(ROWS + QUERIES, DIMENSION)
    with running_server() as server, server.connect() as connection:
        fill(connection, vectors[:ROWS])
        bytes_of, recalls = {}, {}
        for column in ("halfvec", "vector"):
            build(connection, column, workers=2)
            row = connection.execute(f"select pg_relation_size('items_{column}')").fetchone()
            bytes_of[column] = float(row[0]) if row else 0.0
            recalls[column] = recall(connection, column, vectors[ROWS:], LEAST_RECALL)
    return Measurement(
        bytes_of["halfvec"], bytes_of["vector"], bytes_of["halfvec"] / bytes_of["vector"], "B",
        f"{ROWS} x {DIMENSION}, m=16, ef_construction=200, ef_search=100; recall@10"
        f" halfvec {recalls['halfvec']:.4f}, vector {recalls['vector']:.4f}",
    )  # fmt: skip
