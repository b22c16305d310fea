"""What cost-check tells of one environment. Whole micro-dollars; tables show dollars."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rich.markup import escape
from rich.table import Table

from operations.gpu.budget import Level, Spent, Standing
from operations.gpu.machines import OurMachine
from operations.gpu.spend.forecast import Forecast
from operations.gpu.spend.money import price, usd

STYLES = {Level.FINE: "green", Level.WARN: "yellow", Level.ALERT: "yellow", Level.STOP: "red"}


@dataclass(frozen=True, kw_only=True)
class CostReport:
    """One environment. `findings`: where account and ledger disagree. `untold`: what nobody could tell now."""

    environment: str
    spent: Spent
    standings: tuple[Standing, ...]
    rate: int
    """Micro-dollars an hour at present."""
    forecast: Forecast
    machines: tuple[OurMachine, ...]
    findings: tuple[str, ...]
    untold: tuple[str, ...]
    no_account: tuple[str, ...]
    """Stacks that never rented anything from here."""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        budgets = [asdict(each) | {"percent": each.percent, "level": int(each.level)} for each in self.standings]
        return {
            "environment": self.environment,
            "spent_micro_usd": asdict(self.spent),
            "budgets_micro_usd": budgets,
            "hourly_micro_usd": self.rate,
            "forecast_micro_usd": asdict(self.forecast),
            "machines": [asdict(each) for each in self.machines],
            "findings": list(self.findings),
            "untold": list(self.untold),
            "no_account": list(self.no_account),
        }


def cost_table(reports: list[CostReport]) -> Table:
    """One row for each environment and period."""
    table = Table(title="Cost of rented machines (USD, days and months of UTC)")
    table.add_column("ENVIRONMENT", overflow="fold")
    table.add_column("PERIOD", overflow="fold")
    for heading in ("SPENT", "BUDGET", "%", "AN HOUR NOW", "FORECAST", "NEVER STOPPED"):
        table.add_column(heading, justify="right", overflow="fold")
    for one in reports:
        day, month = one.spent, one.forecast
        table.add_row(one.environment, day.day, usd(day.today), *_budget(one, "day"), price(one.rate), "", "")
        ends = (usd(month.as_until_now), usd(month.never_stopped))
        table.add_row("", day.month, usd(day.this_month), *_budget(one, "month"), "", *ends)
    return table


def machine_table(reports: list[CostReport]) -> Table:
    """One row for each machine that exists."""
    table = Table(title="Machines")
    for heading in ("STACK", "MACHINE", "STATE", "AN HOUR"):
        table.add_column(heading, justify="right" if heading == "AN HOUR" else "left", overflow="fold")
    for one in reports:
        for each in one.machines:
            table.add_row(each.stack or "none", escape(each.name), str(each.status), price(each.hourly_micro_usd))
    return table


def _budget(report: CostReport, period: str) -> tuple[str, str]:
    for each in report.standings:
        if each.period == period:
            return usd(each.limit), f"[{STYLES[each.level]}]{each.percent}[/]"
    return "none", ""
