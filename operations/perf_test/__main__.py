"""Measures embed and rerank, one call at a time, against the figures that their users were promised.

Exit codes: 0 everything within target or acceptable; 1 a service failed; 2 something is worse, or wrong usage.
EMBED_SERVICE_URL and RERANK_SERVICE_URL, or the options, take the place of what the stack's outputs say.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence

from operations.failure import guarded
from operations.perf_test import goals
from operations.perf_test.goals import Result
from operations.perf_test.pair import DOCUMENTS, Pair
from operations.perf_test.report import show
from operations.perf_test.texts import Texts
from operations.perf_test.timing import Timer, median, p95
from operations.retrieval.connections import Connections

WORSE = 2


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    description, _, epilog = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser("scripts/perf-test", description=description, epilog=epilog)
    parser.add_argument("-s", "--stack", default="dev", help="whose services (default: dev)")
    parser.add_argument(
        "--iterations", type=int, default=50, metavar="N", help="timed calls of each kind (default: 50)"
    )
    parser.add_argument("--embed-url", metavar="URL", help="of another embed service")
    parser.add_argument("--rerank-url", metavar="URL", help="of another rerank service")
    parser.add_argument("--words", type=int, default=40, metavar="N", help="words in one text (default: 40)")
    parser.add_argument("--batch-size", type=int, default=32, metavar="N", help="texts in one batch (default: 32)")
    parser.add_argument("--cached", action="store_true", help="show repeated texts, too, which caches may answer")
    parser.add_argument("--timeout", type=float, default=600.0, metavar="SECONDS", help="for all of it (default: 600)")
    parser.add_argument("--json", action="store_true", help="one JSON line instead of a table")
    options = parser.parse_args(argv)
    for name, most in (("iterations", 100_000), ("words", 5000), ("batch_size", 256), ("timeout", 86_400)):
        if not 1 <= getattr(options, name) <= most:
            parser.error(f"--{name.replace('_', '-')} must be 1 to {most}")
    return options


def perf_test(options: argparse.Namespace) -> int:
    """Raises Failure when a service is down, answers nonsense, or the time is up."""
    named = {"EMBED_SERVICE_URL": options.embed_url, "RERANK_SERVICE_URL": options.rerank_url}
    given = {name: url for name, url in named.items() if url}
    connections = Connections(options.stack, {**os.environ, **given})
    pair = Pair.connect(connections.embed, connections.rerank, Texts(options.words), options.batch_size)
    timer = Timer(options.iterations, time.monotonic() + options.timeout)
    results = measured(pair, timer) + (repeated(pair, timer) if options.cached else [])
    facts: dict[str, object] = {
        "embed_model": pair.embedder.model, "dimension": pair.embedder.dimension,
        "rerank_model": str(pair.reranker.get("/health").get("model")), "iterations": options.iterations,
        "words_per_text": options.words, "batch_size": options.batch_size, "callers": 1,
    }  # fmt: skip
    show(results, facts, as_json=options.json)
    return WORSE if any(result.verdict == "worse" for result in results) else 0


def measured(pair: Pair, timer: Timer) -> list[Result]:
    """Medians and 95th percentiles of texts that are new to the services."""
    single = timer.measure(pair.embed_one)
    batch = timer.measure(pair.embed_batch)
    rerank = timer.measure(pair.rerank)
    return [
        Result(goals.SINGLE, median(single)),
        Result(goals.BATCH, median(batch) / pair.batch),
        Result(goals.RERANK, median(rerank)),
        Result(goals.EMBED_P95, p95(single)),
        Result(goals.RERANK_P95, p95(rerank)),
    ]


def repeated(pair: Pair, timer: Timer) -> list[Result]:
    """Medians of the same texts over and over."""
    text, documents = pair.texts.one(), pair.texts.many(DOCUMENTS)
    return [
        Result(goals.SINGLE_CACHED, median(timer.measure(lambda: pair.embed_this(text)))),
        Result(goals.RERANK_CACHED, median(timer.measure(lambda: pair.rerank_these(text, documents)))),
    ]


def main() -> int:
    options = arguments()
    return guarded(lambda: perf_test(options))


if __name__ == "__main__":
    sys.exit(main())
