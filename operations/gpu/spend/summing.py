"""Sums facts, exactly: one rounding at the end, upwards. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from operations.gpu.budget import Spent
from operations.gpu.spend.fact import Fact
from operations.gpu.spend.periods import day_of, month_of
from providers.tensordock.client.status import STOPPED

HOUR = 3600


def by_machine(facts: Iterable[Fact]) -> Mapping[str, list[Fact]]:
    """What holds of each machine, by time, from facts in the order in which they were written.

    A fact holds from its time on, also where an earlier line spoke of a later time: then a clock was wrong.
    """
    found: dict[str, list[Fact]] = defaultdict(list)
    for each in facts:
        its = found[each.machine]
        while its and its[-1].time > each.time:
            its.pop()
        its.append(each)
    return found


def latest(facts: Iterable[Fact]) -> dict[str, Fact]:
    """What is believed of each machine now."""
    return {machine: its[-1] for machine, its in by_machine(facts).items()}


def existing(facts: Iterable[Fact], stack: str) -> list[Fact]:
    """The machines of a stack that are believed to exist."""
    return [each for each in latest(facts).values() if each.stack == stack and each.exists]


def cost(facts: Iterable[Fact], begin: int, end: int, assumed: int) -> int:
    """Micro-dollars from `begin` until just before `end`, rounded up once.

    `assumed`: micro-dollars an hour of a machine whose price the API did not tell.
    """
    return -(-sum(_of_one(its, begin, end, assumed) for its in by_machine(facts).values()) // HOUR)


def spent(facts: list[Fact], now: int, assumed: int) -> Spent:
    """What has been spent until now, in the day and in the month of now."""
    day, month = day_of(now), month_of(now)
    return Spent(
        day=day.name,
        today=cost(facts, day.begin, now, assumed),
        month=month.name,
        this_month=cost(facts, month.begin, now, assumed),
    )


def rate(facts: Iterable[Fact], assumed: int) -> int:
    """Micro-dollars an hour of everything that exists now."""
    return sum(_price(each, assumed) for each in latest(facts).values())


def highest_price(facts: Iterable[Fact], machine: str) -> int | None:
    """Micro-dollars an hour of the machine when it ran; None where the ledger does not know. Pure."""
    prices = [each.hourly_micro_usd for each in facts if each.machine == machine and each.status not in STOPPED]
    return max((price for price in prices if price), default=None)


def _of_one(facts: list[Fact], begin: int, end: int, assumed: int) -> int:
    """Micro-dollars an hour times seconds."""
    spans = [(each, following.time) for each, following in pairwise(facts)] + [(facts[-1], end)]
    return sum(
        _price(each, assumed) * max(0, min(until, end) - max(each.time, begin)) for each, until in spans
    )  # fmt: skip


def _price(fact: Fact, assumed: int) -> int:
    if not fact.exists:
        return 0
    return assumed if fact.hourly_micro_usd is None else fact.hourly_micro_usd
