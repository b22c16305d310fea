"""Headroom is judged as the workloads' own report judges it."""

import pytest

from planning.fit import Fit, Resource


@pytest.mark.parametrize(
    ("resource", "capacity", "allocated", "percent", "status"),
    [
        ("memory", 16, 5, 69, "OK"),
        ("disk", 70, 36, 49, "OK"),
        ("card memory", 24, 20, 17, "OK"),
        ("memory", 16, 12.5, 22, "TIGHT"),
        ("disk", 100, 58, 42, "OK"),
        ("card memory", 24, 24, 0, "FULL"),
        ("memory", 16, 16.1, -1, "OVER"),
    ],
)
def test_status_follows_the_free_share(
    resource: Resource, capacity: float, allocated: float, percent: int, status: str
) -> None:
    row = Fit(host="vm", resource=resource, capacity=capacity, allocated=allocated)
    assert (round(row.percent), row.status) == (percent, status)
