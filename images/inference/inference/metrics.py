"""What /metrics tells. Labels hold routes, stages and status codes only, never anything from a request's content."""

from collections.abc import Sequence

from prometheus_client import Counter, Gauge, Histogram, Info

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
TOKENS = (8, 32, 128, 256, 512, 1024, 2048, 4096, 8192)
TEXTS_PER_RUN = (1, 2, 4, 8, 16, 32, 64, 128)

REQUESTS = Counter("inference_requests_total", "Requests answered", ["route", "status"])
DURATION = Histogram("inference_request_seconds", "Time from request to answer", ["route"], buckets=SECONDS)
STAGES = Histogram("inference_stage_seconds", "Time in one stage of a request", ["stage"], buckets=SECONDS)
STAGE = {stage: STAGES.labels(stage) for stage in ("read", "cache", "tokenise", "queue", "model", "write")}
"""read: body to checked request. cache: Redis. queue: until its run begins. write: result to bytes."""
TEXTS = Counter("inference_texts_total", "Texts and documents asked for")
TOKENS_READ = Counter("inference_tokens_total", "Tokens read by the model")
PADDING = Counter("inference_padding_tokens_total", "Tokens computed only to make sequences of a run equally long")
REJECTED = Counter("inference_rejected_total", "Requests refused because the service was overloaded")
DROPPED = Counter("inference_dropped_total", "Requests whose client went away before the answer")
WAITING = Gauge("inference_waiting_texts", "Texts in the queue")
BATCH_TEXTS = Histogram("inference_batch_texts", "Texts in one run of the model", buckets=TEXTS_PER_RUN)
BATCH_TOKENS = Histogram("inference_batch_tokens", "Tokens in one run of the model", buckets=TOKENS)
CACHE = Counter("inference_cache_total", "Results by where they came from", ["source"])
SOURCE = {source: CACHE.labels(source) for source in ("memory", "redis", "merged", "model")}
"""merged: another request was computing the same text at that moment."""
CACHE_BYTES = Gauge("inference_cache_bytes", "Bytes of results kept in memory")
CACHE_FAILURES = Counter("inference_cache_failures_total", "Redis calls that failed or took too long")
MODEL = Info("inference_model", "The model in use")


def observe_run(lengths: Sequence[int], longest: int, seconds: float) -> None:
    """One run over sequences of these lengths, each padded to `longest`."""
    tokens = sum(lengths)
    BATCH_TEXTS.observe(len(lengths))
    BATCH_TOKENS.observe(tokens)
    TOKENS_READ.inc(tokens)
    PADDING.inc(longest * len(lengths) - tokens)
    STAGE["model"].observe(seconds)
