"""The one calculator of money, USD. Every price that is shown or refused comes from here."""

from __future__ import annotations

from dataclasses import dataclass

from settings.environment import Environment
from settings.host import Host
from settings.problem import Problem

HOURS_A_MONTH = 730.0
"""Mean hours of a month, as cloud providers count it."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one host costs: an hour while it runs, a month as planned, and a month if it never stopped."""

    host: str
    hourly: float
    hours: float
    monthly: float
    worst_month: float


def costs(environment: Environment) -> list[Cost]:
    """One row per host, in the order of the settings."""
    price = environment.budget.electricity_usd_per_kwh if environment.budget else 0.30
    return [_cost(name, host, price) for name, host in environment.hosts.items()]


def over_budget(environment: Environment) -> list[Problem]:
    """Budgets that the plan breaks before anything has started."""
    budget = environment.budget
    if budget is None:
        return []
    problems = []
    for row in costs(environment):
        if environment.hosts[row.host].gpu and row.hourly > budget.day_usd:
            problems.append(
                Problem(
                    path="budget.day_usd",
                    value=f"{budget.day_usd:g}",
                    cause=f"one hour of {row.host} costs ${row.hourly:.2f}, more than a whole day may",
                    remedy="raise the budget or choose a cheaper card",
                )
            )
    planned = sum(row.monthly for row in costs(environment) if environment.hosts[row.host].gpu)
    if planned > budget.month_usd:
        problems.append(
            Problem(
                path="budget.month_usd",
                value=f"{budget.month_usd:g}",
                cause=f"the stated hours of rented machines cost ${planned:.2f} a month",
                remedy="lower hours_per_month, or raise the budget",
            )
        )
    return problems


def _cost(name: str, host: Host, price_per_kwh: float) -> Cost:
    if host.gpu:
        hourly, hours = host.gpu.hourly_usd, host.gpu.hours_per_month
    else:
        hourly, hours = host.watts / 1000 * price_per_kwh, HOURS_A_MONTH
    return Cost(host=name, hourly=hourly, hours=hours, monthly=hourly * hours, worst_month=hourly * HOURS_A_MONTH)
