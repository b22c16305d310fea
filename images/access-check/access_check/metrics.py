"""What /metrics tells: counts and ages, never whose."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1, 1.0, 5.0)


class Metrics:
    """Of one check; each has a registry of its own, so that tests can have several."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.decisions = Counter(
            "access_check_decisions_total", "Requests by what was decided", ["decision"], registry=self.registry
        )
        self.seconds = Histogram(
            "access_check_seconds", "Time of one decision", buckets=SECONDS, registry=self.registry
        )
        self.keys = Gauge("access_check_keys", "Keys of the team that are known", registry=self.registry)
        self.names = Gauge("access_check_names", "Names that need a login", registry=self.registry)
        self.usable = Gauge(
            "access_check_names_usable", "0: the file of names is gone or damaged, the last good one goes on",
            registry=self.registry,
        )  # fmt: skip
        self.age = Gauge(
            "access_check_keys_age_seconds", "Since the keys were last read from the team", registry=self.registry
        )
