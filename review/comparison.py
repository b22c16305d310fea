"""Two plans side by side. Where there is no base to compare with, differences are None."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planning.cost import Cost
from planning.fit import Fit
from review.plan_summary import PlanSummary, Reach


@dataclass(frozen=True, kw_only=True)
class CostChange:
    """USD. `month` and `worst_month` are differences to the base; a host that is gone has a row of zeros."""

    cost: Cost
    month: float | None
    worst_month: float | None


@dataclass(frozen=True, kw_only=True)
class FitChange:
    """GB. `free` is the difference in headroom to the base; None for what was not there."""

    fit: Fit
    free: float | None
    was: str | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Every row of the branch, and of the base what the branch no longer has."""

    costs: tuple[CostChange, ...]
    fits: tuple[FitChange, ...]
    added: tuple[Reach, ...]
    removed: tuple[Reach, ...]
    moved: tuple[tuple[Reach, Reach], ...]
    based: bool

    @property
    def month(self) -> float | None:
        """Difference of a planned month, USD."""
        return sum(row.month or 0.0 for row in self.costs) if self.based else None


def compare(base: PlanSummary | None, branch: PlanSummary) -> Comparison:
    """A stack that the base does not have is compared with an empty one by the caller, not with None."""
    before = {one.name: one for one in base.endpoints} if base else {}
    after = {one.name: one for one in branch.endpoints}
    return Comparison(
        costs=tuple(_costs(base, branch)),
        fits=tuple(_fits(base, branch)),
        added=tuple(one for name, one in after.items() if base and name not in before),
        removed=tuple(one for name, one in before.items() if name not in after),
        moved=tuple((before[name], one) for name, one in after.items() if name in before and before[name] != one),
        based=base is not None,
    )


def _costs(base: PlanSummary | None, branch: PlanSummary) -> Iterable[CostChange]:
    before = {one.host: one for one in base.costs} if base else {}
    for one in branch.costs:
        old = before.pop(one.host, None)
        month, worst = (old.monthly, old.worst_month) if old else (0.0, 0.0)
        yield CostChange(
            cost=one,
            month=one.monthly - month if base else None,
            worst_month=one.worst_month - worst if base else None,
        )
    for gone in before.values():
        nothing = Cost(host=gone.host, hourly=0, hours=0, monthly=0, worst_month=0)
        yield CostChange(cost=nothing, month=-gone.monthly, worst_month=-gone.worst_month)


def _fits(base: PlanSummary | None, branch: PlanSummary) -> Iterable[FitChange]:
    before = {(one.host, one.resource): one for one in base.fits} if base else {}
    for one in branch.fits:
        old = before.get((one.host, one.resource))
        yield FitChange(fit=one, free=one.free - old.free if old else None, was=old.status if old else None)
