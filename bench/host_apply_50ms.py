"""25 steps on each of four new hosts that are 50 ms away, against pyinfra."""

from bench import host_apply_pyinfra
from bench.measure import Measurement

ROUND_TRIP_SECONDS = 0.050


def measure() -> Measurement:
    """Wall seconds; a proxy holds every packet back for half of the round trip."""
    return host_apply_pyinfra.measure(ROUND_TRIP_SECONDS)
