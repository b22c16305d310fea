"""Tables of a plan: where services stand, what fits, what it costs."""

from __future__ import annotations

from rich.table import Table

from planning.cost import Cost
from planning.fit import Fit
from planning.plan import Plan

STYLES = {"OK": "green", "TIGHT": "yellow", "FULL": "yellow", "OVER": "red"}


def placement_table(plan: Plan) -> Table:
    table = Table(title=f"Placement of {plan.name}")
    for heading in ("SERVICE", "KIND", "HOST", "ADDRESS", "NEEDS", "NAME"):
        table.add_column(heading, overflow="fold")
    names: dict[str, list[str]] = {}
    for route in plan.environment.routes:
        for name, weight in route.targets.items():
            share = f", {weight} of {sum(route.targets.values())}" if len(route.targets) > 1 else ""
            names.setdefault(name, []).append(f"{route.hostname} ({route.access}{share})")
    for service in plan.services:
        address = f"{service.address}:{service.port}"
        public = ", ".join(names.get(service.name, []))
        table.add_row(service.name, service.kind, service.host, address, ", ".join(service.needs), public)
    return table


def fit_table(rows: list[Fit]) -> Table:
    table = Table(title="Fit (GB)")
    for heading in ("HOST", "RESOURCE"):
        table.add_column(heading, overflow="fold")
    for heading in ("CAPACITY", "ALLOCATED", "FREE", "FREE %"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("STATUS", overflow="fold")
    for row in rows:
        figures = (f"{row.capacity:g}", f"{row.allocated:.1f}", f"{row.free:.1f}", f"{row.percent:.0f}")
        table.add_row(row.host, row.resource, *figures, f"[{STYLES[row.status]}]{row.status}[/]")
    return table


def cost_table(rows: list[Cost]) -> Table:
    table = Table(title="Cost (USD)")
    for heading in ("HOST", "PER HOUR", "HOURS", "PER MONTH", "NEVER STOPPED"):
        table.add_column(heading, justify="left" if heading == "HOST" else "right", overflow="fold")
    for row in rows:
        table.add_row(row.host, f"{row.hourly:.3f}", f"{row.hours:.0f}", f"{row.monthly:.2f}", f"{row.worst_month:.2f}")
    table.add_section()
    total, worst = sum(row.monthly for row in rows), sum(row.worst_month for row in rows)
    table.add_row("all", "", "", f"{total:.2f}", f"{worst:.2f}")
    return table
