"""What /metrics tells. Labels hold routes and status codes only, never anything from a request's content."""

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
TOKENS = (8, 32, 128, 512, 1024, 2048, 4096, 8192)

REQUESTS = Counter("inference_requests_total", "Requests answered", ["route", "status"])
DURATION = Histogram("inference_request_seconds", "Time from request to answer", ["route"], buckets=SECONDS)
TEXTS = Counter("inference_texts_total", "Texts and documents read by the model")
TOKENS_READ = Counter("inference_tokens_total", "Tokens read by the model")
REJECTED = Counter("inference_rejected_total", "Requests refused because the queue was full")
WAITING = Gauge("inference_waiting_texts", "Texts in the queue")
BATCH_TOKENS = Histogram("inference_batch_tokens", "Tokens in one run of the model", buckets=TOKENS)
