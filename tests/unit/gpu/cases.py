"""Cases for the reaper, made from few words."""

from __future__ import annotations

from typing import Any

from operations.gpu.budget import Spent, Standing, standings
from operations.gpu.machines import OurMachine
from operations.gpu.reaper.facts import Activity, Case, History, Limits, Unread
from providers.tensordock.client.status import Status
from settings.budget import Budget
from tests.unit.gpu.rented import name_of

DOLLAR = 1_000_000
COOL = {"index": 0, "utilisation_percent": 0, "temperature_c": 40, "memory_used_mib": 1, "memory_total_mib": 100}


def machine(status: Status = Status.RUNNING, hourly: int | None = 400_000) -> OurMachine:
    return OurMachine(
        name=name_of(),
        stack="dev-inference",
        resource="inference",
        instance_id="id-1",
        status=status,
        hourly_micro_usd=hourly,
        gpu="card",
    )


def active(idle: float = 0.0, uptime: float = 100_000, error: str = "", **card: Any) -> Activity:
    sources = {"gate": {"idle_seconds": idle, "error": error}, "gpus": {"idle_seconds": idle + 100}}
    return Activity.model_validate({"uptime_seconds": uptime, "sources": sources, "cards": [{**COOL, **card}]})


def spent(day: float = 0, month: float = 0) -> tuple[Standing, ...]:
    """Dollars of 5 a day and 50 a month."""
    found = Spent(day="2026-11-21", today=int(day * DOLLAR), month="2026-11", this_month=int(month * DOLLAR))
    return standings(found, Budget(day_usd=5, month_usd=50))


def case(
    of: OurMachine | None = None,
    activity: Activity | Unread | None = None,
    money: tuple[Standing, ...] = (),
    idle: float | None = None,
    **history: float,
) -> Case:
    read = activity or active()
    own = 0.0 if isinstance(read, Unread) else read.idle_seconds
    return Case(
        machine=of or machine(),
        activity=read,
        idle_seconds=own if idle is None else idle,
        limits=Limits(idle_minutes=30, stopped_days=7, running_micro_usd=400_000),
        standings=money,
        history=History(**history),
    )
