"""The parts of a comment, each as lines of Markdown, the most important first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from planning.cost import HOURS_A_MONTH
from review.change import Change
from review.comparison import Comparison
from review.finding import Finding, Level
from review.markdown import code, heading_rows, plain, row, signed
from review.masking import Masks
from review.plan_summary import PlanSummary, Reach

NEVER_STOPPED = f"{HOURS_A_MONTH:.0f} h"
WORDS = {"create": "to create", "update": "to update", "replace": "to replace", "delete": "to delete"}
MOST_FINDINGS = 60
NO_BASE = "The plan of the base is not known: no differences are shown."


@dataclass(frozen=True, kw_only=True)
class Section:
    """`head` and `tail` stand around `lines`, of which as many are shown as there is room for, or `most`.

    `lines` are `total` in number, and are made only as far as they are shown. `fenced`: they stand in a fence.
    """

    head: Sequence[str]
    lines: Iterable[str]
    total: int
    tail: Sequence[str] = ()
    what: str = "lines"
    most: int | None = None
    fenced: bool = False


def counts(changes: Sequence[Change], unchanged: int) -> str:
    """`3 to create, 1 to update, 70 unchanged`."""
    found = Counter[str](change.operation for change in changes)
    parts = [f"{found[one]:,} {words}" for one, words in WORDS.items() if found[one]]
    return ", ".join([*parts, f"{unchanged:,} unchanged"])


def findings_section(findings: Sequence[Finding], level: Level, title: str, masks: Masks) -> Section | None:
    own = [one for one in findings if one.level == level]
    lines = (one.scrubbed(masks).line for one in own)
    head = ["", f"### {title}", ""]
    return Section(head=head, lines=lines, total=len(own), what="more", most=MOST_FINDINGS) if own else None


def cost_section(summary: PlanSummary, comparison: Comparison) -> Section | None:
    if not comparison.costs:
        return None
    headings = ("Host", "an hour", "hours", "a month", f"never stopped ({NEVER_STOPPED})", "difference a month")
    lines = []
    for one in comparison.costs:
        cost = one.cost
        figures = (f"{cost.hourly:.3f}", f"{cost.hours:.0f}", f"{cost.monthly:.2f}", f"{cost.worst_month:.2f}")
        lines.append(row([code(cost.host), *figures, signed(one.month)]))
    total = sum(one.monthly for one in summary.costs)
    worst = sum(one.worst_month for one in summary.costs)
    ends = [f"**{total:.2f}**", f"**{worst:.2f}**", f"**{signed(comparison.month) or '?'}**"]
    budget = [] if summary.month_usd is None else ["", f"Budget of rented machines: {summary.month_usd:.2f} a month."]
    # The sum comes first: it is what stays when the rest is trimmed.
    head = ["", "### Cost (USD)", "", *heading_rows(headings, 5), row(["**all**", "", "", *ends])]
    return Section(head=head, lines=lines, total=len(lines), tail=[*budget, *_no_base(comparison)], what="hosts")


def fit_section(comparison: Comparison) -> Section | None:
    if not comparison.fits:
        return None
    headings = ("Host", "Resource", "Status", "of GB", "taken", "free", "difference in free")
    lines = []
    for one in sorted(comparison.fits, key=lambda each: (not each.free, each.fit.percent)):
        fit = one.fit
        status = f"{one.was} to **{fit.status}**" if one.was and one.was != fit.status else fit.status
        figures = (f"{fit.capacity:g}", f"{fit.allocated:.1f}", f"{fit.free:.1f} ({fit.percent:.0f} %)")
        difference = signed(one.free, 1) if one.free is not None or not comparison.based else "new"
        lines.append(row([code(fit.host), fit.resource, status, *figures, difference]))
    return Section(head=["", "### Fit", "", *heading_rows(headings, 4)], lines=lines, total=len(lines), what="rows")


def endpoint_section(comparison: Comparison) -> Section | None:
    lines = [f"- added: {_reach(one)}" for one in comparison.added]
    lines += [f"- removed: {_reach(one)}" for one in comparison.removed]
    for old, new in comparison.moved:
        was, now = _reach(old), _reach(new)
        lines.append(f"- changed: {was} is now {now}" if was != now else f"- changed: {now}: other networks reach it")
    return Section(head=["", "### Endpoints", ""], lines=lines, total=len(lines), what="endpoints") if lines else None


def _reach(one: Reach) -> str:
    names = ", ".join(f"{code(name)} ({plain(access)})" for name, access in sorted(one.names.items()))
    return f"{code(one.name)} at {code(one.url)}{f' as {names}' if names else ''}"


def _no_base(comparison: Comparison) -> Iterable[str]:
    return () if comparison.based else ("", NO_BASE)
