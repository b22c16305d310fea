"""One calculator, and it reproduces the tiers that the workloads were planned with."""

import pytest

from planning.cost import costs

from .conftest import GPU, RENTED, Planner


def vm(hours: float) -> dict[str, object]:
    return {**RENTED, "gpu": {**GPU, "hours_per_month": hours}}


@pytest.mark.parametrize(
    ("inference", "training", "month"), [(35, 0, 12), (60, 15, 26), (90, 30, 42), (120, 60, 63), (150, 100, 87.5)]
)
def test_month_of_each_tier_without_its_apis(planned: Planner, inference: float, training: float, month: float) -> None:
    plan = planned(hosts={"inference": vm(inference), "training": vm(training)})
    assert sum(row.monthly for row in costs(plan.environment)) == pytest.approx(month, abs=0.5)


def test_a_forgotten_machine_costs_every_hour_of_the_month(planned: Planner) -> None:
    (row,) = costs(planned(hosts={"vm": vm(35)}).environment)
    assert row.worst_month == pytest.approx(730 * 0.35)
