"""192 texts of mixed lengths in one request over HTTP against fastembed in its own process, on the same graph."""

from bench.embed_throughput import cosine, vector
from bench.environments import python_of
from bench.measure import Measurement, interleave
from bench.serving import load
from bench.serving.costs import Costs
from bench.serving.places import MODEL, models
from bench.serving.servers import THREADS, WITHIN_SECONDS, embed
from bench.serving.texts import mixed
from bench.serving.worker import worker

COUNT, ROUNDS = 192, 5


def measure() -> Measurement:
    """Texts a second."""
    folder = str(models() / "plain" / MODEL)
    with embed() as server, worker(python_of("fastembed"), "fastembed_bulk", folder, str(THREADS)) as fastembed:
        text = "The database is dumped every night and kept for thirty days."
        agreement = cosine(vector(server, text), fastembed({"texts": [text]})["vector"])

        costs = Costs()

        def ours() -> float:
            before = server.cpu_seconds()
            seconds = load.closed(server.url, [load.bulk(mixed(COUNT))], 1)
            costs.ours.append(server.cpu_seconds() - before)
            return COUNT / seconds

        def reference() -> float:
            answer = fastembed({"texts": mixed(COUNT)})
            costs.reference.append(answer["cpu_seconds"])
            return COUNT / float(answer["seconds"])

        pair = interleave(ours, reference, rounds=ROUNDS, within=WITHIN_SECONDS)
    return pair.measurement("texts/s", costs.remark(), f"cosine {agreement:.5f}")
