"""Sums are exact: whatever was written down, they equal a count of every single second."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from operations.gpu.spend.fact import Fact
from operations.gpu.spend.periods import day_of, month_of
from operations.gpu.spend.summing import cost, rate, spent
from tests.unit.gpu.test_spend_ledger import fact

ASSUMED = 500_000


def second(moment: str) -> int:
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())


def counted(facts: list[Fact], begin: int, end: int) -> int:
    """Micro-dollars, second by second: each line, as it was written, sets every second from its time on."""
    prices: dict[str, list[int]] = {}
    for each in facts:
        seconds = prices.setdefault(each.machine, [0] * end)
        price = ASSUMED if each.hourly_micro_usd is None else each.hourly_micro_usd
        for now in range(each.time, end):
            seconds[now] = 0 if each.status == "deleted" else price
    return -(-sum(sum(seconds[begin:end]) for seconds in prices.values()) // 3600)


FACTS = st.lists(
    st.builds(
        fact,
        time=st.integers(0, 60),
        machine=st.sampled_from(["vm-1", "vm-2", "vm-3"]),
        hourly=st.one_of(st.none(), st.integers(0, 3_000_000)),
        status=st.sampled_from(["running", "stopped", "deleted", "unknown"]),
    ),
    max_size=12,
)


@given(facts=FACTS, begin=st.integers(0, 70), length=st.integers(0, 70))
def test_any_sum_equals_a_count_of_every_second(facts: list[Fact], begin: int, length: int) -> None:
    assert cost(facts, begin, begin + length, ASSUMED) == counted(facts, begin, begin + length)


@given(facts=FACTS, cut=st.integers(0, 80))
def test_two_periods_cost_what_they_cost_together(facts: list[Fact], cut: int) -> None:
    together = cost(facts, 0, 80, ASSUMED)
    apart = cost(facts, 0, cut, ASSUMED) + cost(facts, cut, 80, ASSUMED)
    assert together <= apart <= together + 1, "each sum is rounded up once, by less than a micro-dollar"


def test_a_machine_over_midnight_is_paid_for_on_both_days() -> None:
    begin = second("2026-11-21T23:30:00")
    facts = [fact(begin, hourly=360_000)]
    now = second("2026-11-22T00:15:00")
    found = spent(facts, now, ASSUMED)
    assert (found.day, found.today, found.month, found.this_month) == ("2026-11-22", 90_000, "2026-11", 270_000)


def test_days_and_months_are_those_of_utc_and_know_no_summer_time() -> None:
    for moment in ("2026-03-29T12:00:00", "2026-10-25T12:00:00", "2026-11-01T12:00:00"):
        day = day_of(second(moment))
        assert day.end - day.begin == 24 * 3600 and day.name == moment[:10]
    lengths = {month_of(second(f"2028-{month:02}-15T00:00:00")).name: month for month in range(1, 13)}
    assert len(lengths) == 12
    february = month_of(second("2028-02-29T23:59:59"))
    assert (february.end - february.begin, february.name) == (29 * 86400, "2028-02")
    december = month_of(second("2026-12-31T23:59:59"))
    assert december.end == second("2027-01-01T00:00:00")


@given(st.integers(0, 4_000_000_000))
def test_every_second_lies_in_exactly_one_day_and_month(now: int) -> None:
    for period, following in ((day_of(now), day_of), (month_of(now), month_of)):
        assert period.begin <= now < period.end
        assert following(period.end).begin == period.end and following(period.end - 1) == period


def test_the_rate_counts_what_exists_and_assumes_a_price_that_is_not_told() -> None:
    facts = [fact(1, "a", 5_000, "stopped"), fact(1, "b", None), fact(1, "c"), fact(2, "c", 0, "deleted")]
    assert rate(facts, ASSUMED) == 5_000 + ASSUMED
